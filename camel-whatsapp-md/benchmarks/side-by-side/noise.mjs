// Baileys' frames and handshake, one case per process, as NoiseRun.java measures ours. Both sides, in one thread, in memory.
// usage: node noise.mjs <frames|handshake> [milliseconds] [milliseconds of warm-up]
import {
  aesDecryptGCM,
  aesEncryptGCM,
  Curve,
  hkdf,
  makeNoiseHandler,
  NOISE_WA_HEADER,
  proto,
  sha256,
  WA_CERT_DETAILS
} from 'baileys'
import { cost, costAsync, print } from './cost.mjs'

const HEADER_LENGTH = 3
const EMPTY = Buffer.alloc(0)
const [what, set = 800, warmUp = 3000] = process.argv.slice(2)
const silent = { level: 'silent', child: () => silent }
for (const level of ['trace', 'debug', 'info', 'warn', 'error']) silent[level] = () => {}

const root = Curve.generateKeyPair()
const intermediate = Curve.generateKeyPair()
const serverKey = Curve.generateKeyPair()
const clientKey = Curve.generateKeyPair()
const payload = Buffer.alloc(300, 7)
WA_CERT_DETAILS.PUBLIC_KEY = root.public

const signed = (issuer, details) => {
  const bytes = proto.CertChain.NoiseCertificate.Details.encode({ notBefore: 1, notAfter: 4e9, ...details }).finish()
  return { details: bytes, signature: Curve.sign(issuer.private, bytes) }
}
const chain = Buffer.from(
  proto.CertChain.encode({
    intermediate: signed(root, { serial: 1, issuerSerial: 0, key: intermediate.public }),
    leaf: signed(intermediate, { serial: 2, issuerSerial: 1, key: serverKey.public })
  }).finish()
)

/** The server's side, made of Baileys' own primitives, so that both sides cost what that library costs. */
class Responder {
  constructor() {
    this.hash = Buffer.from('Noise_XX_25519_AESGCM_SHA256\0\0\0\0')
    this.salt = this.key = this.hash
    this.counter = 0
    this.authenticate(NOISE_WA_HEADER)
  }

  authenticate(data) {
    this.hash = sha256(Buffer.concat([this.hash, data]))
  }

  iv() {
    const iv = Buffer.alloc(12)
    iv.writeUInt32BE(this.counter++, 8)
    return iv
  }

  encrypt(plaintext) {
    const ciphertext = aesEncryptGCM(plaintext, this.key, this.iv(), this.hash)
    this.authenticate(ciphertext)
    return ciphertext
  }

  decrypt(ciphertext) {
    const plaintext = aesDecryptGCM(ciphertext, this.key, this.iv(), this.hash)
    this.authenticate(ciphertext)
    return plaintext
  }

  derived(secret) {
    const keys = Buffer.from(hkdf(secret, 64, { salt: this.salt, info: '' }))
    return [keys.subarray(0, 32), keys.subarray(32)]
  }

  mix(secret) {
    ;[this.salt, this.key] = this.derived(secret)
    this.counter = 0
  }

  onClientHello({ ephemeral }) {
    const theirs = Buffer.from(ephemeral)
    this.ephemeral = Curve.generateKeyPair()
    this.authenticate(theirs)
    this.authenticate(this.ephemeral.public)
    this.mix(Curve.sharedKey(this.ephemeral.private, theirs))
    const key = this.encrypt(serverKey.public)
    this.mix(Curve.sharedKey(serverKey.private, theirs))
    return { ephemeral: this.ephemeral.public, static: key, payload: this.encrypt(chain) }
  }

  onClientFinish(finish) {
    const key = this.decrypt(Buffer.from(finish.static))
    this.mix(Curve.sharedKey(this.ephemeral.private, key))
    const received = this.decrypt(Buffer.from(finish.payload))
    if (received.length !== payload.length) throw new Error(`the server read ${received.length} bytes of payload`)
    const [readKey, writeKey] = this.derived(EMPTY)
    return { readKey, writeKey }
  }
}

const shakeHands = async () => {
  const { HandshakeMessage } = proto
  const ephemeral = Curve.generateKeyPair()
  const client = makeNoiseHandler({ keyPair: ephemeral, NOISE_HEADER: NOISE_WA_HEADER, logger: silent })
  const server = new Responder()
  const hello = client.encodeFrame(HandshakeMessage.encode({ clientHello: { ephemeral: ephemeral.public } }).finish())
  const content = hello.subarray(NOISE_WA_HEADER.length + HEADER_LENGTH)
  const answer = server.onClientHello(HandshakeMessage.decode(content).clientHello)
  const answered = HandshakeMessage.decode(HandshakeMessage.encode({ serverHello: answer }).finish())
  const key = client.processHandshake(answered, clientKey)
  const finish = { static: key, payload: client.encrypt(payload) }
  const finished = HandshakeMessage.decode(HandshakeMessage.encode({ clientFinish: finish }).finish())
  const keys = server.onClientFinish(finished.clientFinish)
  await client.finishInit()
  return { client, keys }
}

/** Baileys encrypts and frames; the server decrypts with the primitive that Baileys decrypts frames with. */
const frameRoundTrip = async length => {
  const { client, keys } = await shakeHands()
  const plaintext = Buffer.alloc(length, 3)
  const iv = Buffer.alloc(12)
  let counter = 0
  const once = () => {
    const wire = client.encodeFrame(plaintext)
    iv.writeUInt32BE(counter++, 8)
    return aesDecryptGCM(wire.subarray(wire.length - length - 16), keys.readKey, iv, EMPTY)
  }
  if (!once().equals(plaintext)) throw new Error('the frame did not come out as it went in')
  return once
}

if (what === 'handshake') {
  await costAsync(+warmUp + +set, 8, shakeHands)
  print('handshake.both', await costAsync(2 * set, 8, shakeHands))
} else {
  const sizes = { '100B': 100, '1KiB': 1024, '64KiB': 65536 }
  for (const name in sizes) cost(warmUp / 3, 8, await frameRoundTrip(sizes[name]))
  for (const name in sizes) {
    const once = await frameRoundTrip(sizes[name])
    cost(+set, 8, once)
    print(`frame.${name}`, cost(+set, 8, once))
  }
}
process.exit(0)
