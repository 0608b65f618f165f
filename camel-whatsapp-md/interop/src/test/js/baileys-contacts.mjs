// Contacts of a Baileys account, in the same process and without a server: each has credentials and Signal sessions of its
// own. They write to the account and it to them; what they write in the end is not read, so that another client that has
// taken over the account's sessions can show that it reads it.
import { Curve, addTransactionCapability, initAuthCreds } from 'baileys'
import { makeLibSignalRepository } from './node_modules/baileys/lib/Signal/libsignal.js'

const group = '120363000000000001@g.us'

const contact = (jid, logger) => {
  const rows = new Map()
  const store = {
    async get(type, ids) {
      return Object.fromEntries(ids.map(id => [id, rows.get(`${type}/${id}`)]).filter(([, value]) => value))
    },
    async set(data) {
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) rows.set(`${type}/${id}`, value ?? undefined)
      }
    },
  }
  const keys = addTransactionCapability(store, logger, { maxCommitRetries: 1, delayBetweenTriesMs: 1 })
  const creds = initAuthCreds()
  return { jid, creds, keys, signal: makeLibSignalRepository({ creds, keys }, logger) }
}

const prefixed = key => Buffer.concat([Buffer.from([5]), Buffer.from(key)])

const bundle = (creds, preKey) => ({
  registrationId: creds.registrationId,
  identityKey: prefixed(creds.signedIdentityKey.public),
  signedPreKey: {
    keyId: creds.signedPreKey.keyId,
    publicKey: prefixed(creds.signedPreKey.keyPair.public),
    signature: creds.signedPreKey.signature,
  },
  ...(preKey && { preKey: { keyId: preKey.id, publicKey: prefixed(preKey.pair.public) } }),
})

export const exchange = async (sock, logger) => {
  const { creds, keys } = sock.authState
  const ours = sock.signalRepository
  const me = creds.me.id
  const later = []

  const write = async (from, to, text) => from.signal.encryptMessage({ jid: to, data: Buffer.from(text) })
  const read = async (from, message) => ours.decryptMessage({ jid: from.jid, ...message })
  const open = async (from, preKeyId) => {
    const pair = (await keys.get('pre-key', [String(preKeyId)]))[preKeyId]
    await from.signal.injectE2ESession({ jid: me, session: bundle(creds, { id: preKeyId, pair }) })
    await read(from, await write(from, me, 'the first'))
    await from.signal.decryptMessage({ jid: me, ...(await ours.encryptMessage({ jid: from.jid, data: Buffer.from('an answer') })) })
  }
  const keep = (from, message, text) =>
    later.push({ from: ours.jidToSignalProtocolAddress(from.jid), type: message.type, text, ciphertext: message.ciphertext.toString('base64') })

  // By number: two messages are overtaken by a third.
  const anna = contact('4915100000077:3@s.whatsapp.net', logger)
  await open(anna, 5)
  const overtaken = [await write(anna, me, 'overtaken 1'), await write(anna, me, 'overtaken 2')]
  await read(anna, await write(anna, me, 'the third'))
  keep(anna, overtaken[0], 'overtaken 1')
  keep(anna, await write(anna, me, 'in the same chain'), 'in the same chain')
  await anna.signal.decryptMessage({ jid: me, ...(await ours.encryptMessage({ jid: anna.jid, data: Buffer.from('another') })) })
  keep(anna, await write(anna, me, 'in a new chain'), 'in a new chain')
  keep(anna, overtaken[1], 'overtaken 2')

  // By LID, with a number that is known.
  const ben = contact('100000000000088@lid', logger)
  await ours.lidMapping.storeLIDPNMappings([{ lid: '100000000000088@lid', pn: '4915100000088@s.whatsapp.net' }])
  await open(ben, 6)
  keep(ben, await write(ben, me, 'under a LID'), 'under a LID')
  // He begins anew; what he wrote before is still on its way.
  const before = await write(ben, me, 'in the session before')
  await ben.keys.set({ session: { [ben.signal.jidToSignalProtocolAddress(me)]: null } })
  await open(ben, 7)
  keep(ben, before, 'in the session before')
  keep(ben, await write(ben, me, 'in the new session'), 'in the new session')

  // We wrote, nobody has answered.
  const cleo = contact('4915100000099@s.whatsapp.net', logger)
  const hers = { id: 1, pair: Curve.generateKeyPair() }
  await ours.injectE2ESession({ jid: cleo.jid, session: bundle(cleo.creds, hers) })
  await ours.encryptMessage({ jid: cleo.jid, data: Buffer.from('hello?') })

  // A group, in which we have written too.
  const said = async text => {
    const message = await anna.signal.encryptGroupMessage({ group, meId: anna.jid, data: Buffer.from(text) })
    return { type: 'skmsg', ciphertext: Buffer.from(message.ciphertext), key: message.senderKeyDistributionMessage }
  }
  const first = await said('to all 1')
  await ours.processSenderKeyDistributionMessage({ item: { groupId: group, axolotlSenderKeyDistributionMessage: first.key }, authorJid: anna.jid })
  await ours.decryptGroupMessage({ group, authorJid: anna.jid, msg: first.ciphertext })
  const passed = await said('to all 2')
  await ours.decryptGroupMessage({ group, authorJid: anna.jid, msg: (await said('to all 3')).ciphertext })
  for (const [message, text] of [[passed, 'to all 2'], [await said('to all 4'), 'to all 4']]) {
    later.push({ from: ours.jidToSignalProtocolAddress(anna.jid), group, type: 'skmsg', text, ciphertext: message.ciphertext.toString('base64') })
  }
  await ours.encryptGroupMessage({ group, meId: me, data: Buffer.from('from us') })
  return later
}
