// Baileys' codec, one case per process, as CodecRun.java measures ours.
// usage: node codec.mjs <encode|decode> <corpus.bin> [milliseconds per set] [milliseconds of warm-up]
import { readFileSync } from 'node:fs'
import { decodeBinaryNode, encodeBinaryNode } from 'baileys'
import { cost, costAsync, print } from './cost.mjs'

const BIG = ['usync500', 'group1000', 'prekeys812', 'groups50x30']
const [operation, corpus, set = 700, warmUp = 3000] = process.argv.slice(2)

const stanzas = []
const file = readFileSync(corpus)
for (let at = 0; at < file.length; ) {
  const length = file.readUInt32BE(at)
  const frame = Buffer.from(file.subarray(at + 4, at + 4 + length))
  const node = await decodeBinaryNode(frame)
  if (!frame.equals(encodeBinaryNode(node))) {
    throw new Error(`stanza ${stanzas.length} of the corpus: this version of Baileys writes other bytes`)
  }
  stanzas.push({ frame, node })
  at += 4 + length
}

const sets = { small: stanzas.slice(0, -BIG.length) }
BIG.forEach((name, i) => (sets[name] = [stanzas.at(i - BIG.length)]))
sets.all = stanzas

// The sums keep the results in use.
let sink = 0
const decode = async set => {
  for (const { frame } of set) sink += (await decodeBinaryNode(frame)).tag.length
}
const encode = set => {
  for (const { node } of set) sink += encodeBinaryNode(node).length
}
const measure = (set, milliseconds) =>
  operation === 'encode' ? cost(milliseconds, 1, () => encode(set)) : costAsync(milliseconds, 1, () => decode(set))

await measure(stanzas, +warmUp)
for (const name in sets) {
  await measure(sets[name], set * 0.6)
  print(`${operation}.${name}`, await measure(sets[name], +set), sets[name].length)
}
if (sink === 0) throw new Error('nothing was measured')
