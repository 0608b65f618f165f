// Baileys' reading of Signal messages, one case per process, as SignalRun.java measures ours: its own repository over its
// key transactions over a store in memory, as makeSocket wires it.
// usage: node signal.mjs <pkmsg|msg|pingpong|skmsg> [milliseconds] [milliseconds of warm-up]
import { addTransactionCapability, Curve, generateSignalPubKey, initAuthCreds } from 'baileys'
import { makeLibSignalRepository } from './node_modules/baileys/lib/Signal/libsignal.js'
import { costAsync, print } from './cost.mjs'

const BATCH = 64
const [what, set = 800, warmUp = 3000] = process.argv.slice(2)
const silent = { level: 'silent', child: () => silent }
for (const level of ['trace', 'debug', 'info', 'warn', 'error']) silent[level] = () => {}
const plaintext = Buffer.concat([Buffer.alloc(180, 65), Buffer.alloc(12, 12)])

const memory = () => {
  const rows = new Map()
  const get = async (type, ids) =>
    Object.fromEntries(ids.filter(id => rows.has(`${type}|${id}`)).map(id => [id, rows.get(`${type}|${id}`)]))
  const set = async data => {
    for (const type in data) {
      for (const id in data[type]) {
        if (data[type][id] == null) rows.delete(`${type}|${id}`)
        else rows.set(`${type}|${id}`, data[type][id])
      }
    }
  }
  return { rows, get, set }
}

class Party {
  constructor(jid) {
    this.jid = jid
    this.creds = initAuthCreds()
    this.store = memory()
    const keys = addTransactionCapability(this.store, silent, { maxCommitRetries: 10, delayBetweenTriesMs: 3000 })
    this.signal = makeLibSignalRepository({ creds: this.creds, keys }, silent)
    this.nextPreKey = 1
  }

  bundle() {
    const keyId = this.nextPreKey++
    const pair = Curve.generateKeyPair()
    this.store.rows.set(`pre-key|${keyId}`, pair)
    const { registrationId, signedIdentityKey, signedPreKey } = this.creds
    return {
      registrationId,
      identityKey: generateSignalPubKey(signedIdentityKey.public),
      signedPreKey: {
        keyId: signedPreKey.keyId,
        publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
        signature: signedPreKey.signature
      },
      preKey: { keyId, publicKey: generateSignalPubKey(pair.public) }
    }
  }

  write(to) {
    return this.signal.encryptMessage({ jid: to.jid, data: plaintext })
  }

  async read(from, { type, ciphertext }) {
    const read = await this.signal.decryptMessage({ jid: from.jid, type, ciphertext })
    if (read.length !== plaintext.length) throw new Error(`${read.length} bytes were read`)
  }
}

const left = new Party('4915200000000@s.whatsapp.net')
const right = new Party('4916000000000@s.whatsapp.net')
const group = '120363012345678901@g.us'

const connect = async () => {
  await right.signal.injectE2ESession({ jid: left.jid, session: left.bundle() })
  await left.read(right, await right.write(left))
  await right.read(left, await left.write(right))
}

/** Measures the reading of messages that are made in batches. */
const measured = async (makeBatch, milliseconds) => {
  const sum = { us: 0, cpu: 0 }
  let batches = 0
  do {
    const readings = await makeBatch()
    let next = 0
    const { us, cpu } = await costAsync(0, BATCH, () => readings[next++]())
    sum.us += us
    sum.cpu += cpu
    batches++
  } while (sum.us * BATCH < milliseconds * 1e3)
  return { us: sum.us / batches, cpu: sum.cpu / batches }
}

const batch = async make => {
  const readings = []
  for (let i = 0; i < BATCH; i++) readings.push(await make())
  return readings
}

let number = 0
const cases = {
  pkmsg: async () => () =>
    batch(async () => {
      const from = new Party(`49160${10000000 + number++}@s.whatsapp.net`)
      await from.signal.injectE2ESession({ jid: left.jid, session: left.bundle() })
      const message = await from.write(left)
      from.signal.close?.()
      return () => left.read(from, message)
    }),
  msg: async () => {
    await connect()
    return () =>
      batch(async () => {
        const message = await right.write(left)
        return () => left.read(right, message)
      })
  },
  skmsg: async () => {
    const first = await right.signal.encryptGroupMessage({ group, meId: right.jid, data: plaintext })
    const item = { groupId: group, axolotlSenderKeyDistributionMessage: first.senderKeyDistributionMessage }
    await left.signal.processSenderKeyDistributionMessage({ item, authorJid: right.jid })
    return () =>
      batch(async () => {
        const { ciphertext: msg } = await right.signal.encryptGroupMessage({ group, meId: right.jid, data: plaintext })
        return () => left.signal.decryptGroupMessage({ group, authorJid: right.jid, msg })
      })
  }
}

if (what === 'pingpong') {
  await connect()
  const once = async () => {
    await left.read(right, await right.write(left))
    await right.read(left, await left.write(right))
  }
  await costAsync(+warmUp, 8, once)
  print('signal.pingpong', await costAsync(+set, 8, once), 2)
} else {
  const makeBatch = await cases[what]()
  await measured(makeBatch, +warmUp)
  print(`signal.${what}`, await measured(makeBatch, +set))
}
process.exit(0)
