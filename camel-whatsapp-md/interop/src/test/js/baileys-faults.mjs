// Many Baileys clients in one process, one after the other and side by side, remote-controlled by the Java test that
// starts it: the same faults for all of them, and what each of them says.
//
//   node baileys-faults.mjs <root key, hex> <deadline in seconds>
//
// Prints one JSON object per line, with the client it is about. Takes commands on standard input, one JSON object per line:
//   {"do":"open","client":"c1","identity":"i1","url":"ws://…","settings":{…},"quietMs":0}
//       a socket with the credentials of this name, new ones if there are none; says "quiet" when nothing happened for so long
//   {"do":"logout","client":"c1"}, {"do":"end","client":"c1"}    as an application does
//   {"do":"drop","client":"c1"}                                  ends it whatever state it is in
//   {"do":"forget","identity":"i1"}
// Ends at the end of its input, and in any case after the deadline (exit code 3).
import readline from 'node:readline'
import makeWASocket, { DisconnectReason, WA_CERT_DETAILS, initAuthCreds } from 'baileys'
import { refuseOtherHosts } from './loopback-only.mjs'

const [, , rootKeyHex, deadlineSeconds] = process.argv
const say = (event, client, data = {}) => process.stdout.write(JSON.stringify({ event, client, ...data }) + '\n')

setTimeout(() => {
  say('deadline', null)
  process.exit(3)
}, Number(deadlineSeconds) * 1000).unref()

refuseOtherHosts(host => say('blocked', null, { host }))
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKeyHex, 'hex')

/** Hears the one line of Baileys' log that says that it has made up its mind to end, which may be long before it is told. */
const loggerOf = client => {
  const logger = {
    level: 'silent',
    child: () => logger,
    trace() {},
    debug() {},
    info(_, text) {
      if (text === 'connection errored' || text === 'connection closed') say('ending', client)
    },
    warn() {},
    error() {},
  }
  return logger
}

const identities = new Map()
const identity = name => {
  if (!identities.has(name)) {
    const rows = new Map()
    identities.set(name, {
      creds: initAuthCreds(),
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
    })
  }
  return identities.get(name)
}

const isPong = frame => frame.tag === 'iq' && frame.attrs?.type === 'result' && !frame.content?.length

const clients = new Map()

const open = ({ client, identity: name, url, settings, quietMs }) => {
  const sock = makeWASocket({
    auth: identity(name),
    logger: loggerOf(client),
    waWebSocketUrl: url,
    version: [2, 3000, 1043857760],
    browser: ['Ubuntu', 'Chrome', '22.04.4'],
    ...settings,
  })
  // Longer than each of Baileys' own timers that can run, which were set before it: whatever one of them does, it does first. Runs
  // anew with everything but answers to pings.
  let quiet
  const progress = () => {
    clearTimeout(quiet)
    if (quietMs) quiet = setTimeout(() => say('quiet', client), quietMs)
  }
  progress()
  clients.set(client, { sock, stop: () => clearTimeout(quiet) })

  // What a listener of the socket's messages throws is a rejection that nobody handles; here it is known whose.
  for (const listener of sock.ws.listeners('message')) {
    sock.ws.off('message', listener)
    sock.ws.on('message', async data => {
      try {
        await listener(data)
      } catch (error) {
        say('unhandled', client, { message: String(error?.message ?? error) })
      }
    })
  }
  sock.ws.on('frame', frame => isPong(frame) || progress())
  sock.ev.on('connection.update', update => {
    progress()
    const { lastDisconnect, ...rest } = update
    const error = lastDisconnect?.error
    const end = lastDisconnect && {
      statusCode: error?.output?.statusCode ?? null,
      reasons: Object.keys(DisconnectReason).filter(reason => DisconnectReason[reason] === error?.output?.statusCode),
      type: error === undefined ? null : error?.name,
      message: error?.message ?? null,
    }
    say('update', client, { ...rest, end })
  })
}

const of = client => clients.get(client)
const commands = {
  open,
  logout: ({ client }) => of(client).sock.logout().catch(error => say('failed', client, { message: error.message })),
  end: ({ client }) => of(client).sock.end(undefined),
  drop: ({ client }) => {
    const { sock, stop } = of(client)
    stop()
    clients.delete(client)
    sock.ws.socket?.terminate()
    sock.end(undefined)
  },
  forget: ({ identity: name }) => identities.delete(name),
}

// Of the listeners for single stanzas, when the socket has gone under them: not tied to a client, so not counted.
process.on('unhandledRejection', error => say('rejection', null, { message: String(error?.message ?? error) }))

readline
  .createInterface({ input: process.stdin })
  .on('line', line => {
    const command = JSON.parse(line)
    commands[command.do](command)
  })
  .on('close', () => process.exit(0))

say('ready', null, { node: process.version })
