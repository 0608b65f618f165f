// Baileys as the client of a local server, remote-controlled by the Java test that starts it.
//
//   node baileys-client.mjs <ws url> <root key, hex> <deadline in seconds> [settings as JSON]
//
// Prints one JSON object per line: {"event": …}. Takes commands on standard input, one JSON object per line:
//   {"do":"connect"}   open a socket with the credentials of this process (the first is opened by itself)
//   {"do":"creds"}     print what is known of the credentials, without keys
//   {"do":"send","node":{…}}   send a stanza
//   {"do":"exchange"}  write and read with contacts that are made here, and print what they write afterwards
//   {"do":"logout"}, {"do":"end"}
// Ends at the end of its input, and in any case after the deadline (exit code 3).
import readline from 'node:readline'
import makeWASocket, { DisconnectReason, WA_CERT_DETAILS, initAuthCreds, useMultiFileAuthState } from 'baileys'
import { exchange } from './baileys-contacts.mjs'
import { refuseOtherHosts } from './loopback-only.mjs'

const [, , url, rootKeyHex, deadlineSeconds, settingsJson] = process.argv
// The folder is for useMultiFileAuthState; without one the credentials end with the process.
const { folder, ...settings } = settingsJson ? JSON.parse(settingsJson) : {}
const say = (event, data = {}) => process.stdout.write(JSON.stringify({ event, ...data }) + '\n')

setTimeout(() => {
  say('deadline')
  process.exit(3)
}, Number(deadlineSeconds) * 1000).unref()

refuseOtherHosts(host => say('blocked', { host }))

WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKeyHex, 'hex')

const logger = {
  level: 'silent',
  child: () => logger,
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error(data, text) {
    say('error', { text: typeof data === 'string' ? data : text })
  },
}

const rows = new Map()
const saved = folder ? await useMultiFileAuthState(folder) : undefined
const creds = saved?.state.creds ?? initAuthCreds()
const auth = saved?.state ?? {
  creds,
  keys: {
    async get(type, ids) {
      return Object.fromEntries(ids.map(id => [id, rows.get(`${type}/${id}`)]).filter(([, value]) => value))
    },
    async set(data) {
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) {
          if (value) rows.set(`${type}/${id}`, value)
          else rows.delete(`${type}/${id}`)
        }
      }
    },
  },
}

let sock
let ending = false

const open = () => {
  const opened = makeWASocket({
    auth,
    logger,
    waWebSocketUrl: url,
    version: [2, 3000, 1043857760],
    browser: ['Ubuntu', 'Chrome', '22.04.4'],
    ...settings,
  })
  sock = opened
  opened.ev.on('creds.update', async update => {
    if (!ending) await saved?.saveCreds()
    say('creds.update', { keys: Object.keys(update).sort() })
  })
  opened.ev.on('connection.update', update => {
    const { lastDisconnect, ...rest } = update
    const error = lastDisconnect?.error
    const end = lastDisconnect
      ? {
          statusCode: error?.output?.statusCode ?? null,
          reasons: Object.keys(DisconnectReason).filter(name => DisconnectReason[name] === error?.output?.statusCode),
          message: error?.message ?? null,
        }
      : undefined
    say('connection.update', { ...rest, end })
    // What every Baileys application does: 515 asks for a new socket with the same credentials.
    if (update.connection === 'close' && end?.statusCode === DisconnectReason.restartRequired) open()
  })
  opened.ev.on('messages.upsert', ({ type, messages }) => {
    for (const { key, message, messageStubType, pushName } of messages) {
      const stub = messageStubType ?? null
      const content = message?.deviceSentMessage?.message ?? message
      const text = content?.conversation ?? content?.extendedTextMessage?.text ?? null
      say('message', { type, ...key, text, stub, pushName: pushName ?? null })
    }
  })
  opened.ws.on('CB:notification', node => say('notification', { id: node.attrs.id, offline: node.attrs.offline ?? null }))
}

const commands = {
  connect: open,
  creds: () =>
    say('creds', {
      id: creds.me?.id ?? null,
      lid: creds.me?.lid ?? null,
      name: creds.me?.name ?? null,
      platform: creds.platform ?? null,
      linked: Boolean(creds.account),
      nextPreKeyId: creds.nextPreKeyId,
      routingInfo: creds.routingInfo ? Buffer.from(creds.routingInfo).toString('base64') : null,
    }),
  send: ({ node }) => sock.sendNode(node).catch(error => say('error', { text: error.message })),
  exchange: async () => {
    try {
      say('exchanged', { later: await exchange(sock, logger) })
      await saved?.saveCreds()
    } catch (error) {
      say('error', { text: error.stack })
    }
  },
  logout: () => sock.logout().catch(error => say('error', { text: error.message })),
  end: () => sock.end(undefined),
}

process.on('unhandledRejection', error => say('unhandled', { message: String(error?.message ?? error) }))

readline
  .createInterface({ input: process.stdin })
  .on('line', line => {
    const command = JSON.parse(line)
    commands[command.do](command)
  })
  .on('close', async () => {
    // Baileys empties the file before it writes it: one that ends in between leaves an empty one.
    ending = true
    await saved?.saveCreds()
    process.exit(0)
  })

say('ready', { node: process.version })
open()
