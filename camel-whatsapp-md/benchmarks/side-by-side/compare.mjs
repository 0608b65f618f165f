// All comparisons, and the table of their results. Started by run.
// usage: node compare.mjs <rounds> <corpus.bin> <class path> <table.md> <JDK>=<java command> ...
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interleave, median, spread } from './interleave.mjs'

const BASE = 'Baileys'
const ATTEMPTS = 3
/** Fewer rounds show that the scripts work, no more. */
const ENOUGH_ROUNDS = 5
/** Beyond this largest-to-smallest of Baileys' values a comparison is repeated. */
const STEADY = 2

const [rounds, corpus, classPath, table, ...javas] = process.argv.slice(2)
const jdks = Object.fromEntries(javas.map(java => [java.slice(0, java.indexOf('=')), java.slice(java.indexOf('=') + 1)]))
const here = dirname(fileURLToPath(import.meta.url))

const comparisons = [
  {
    script: ['codec.mjs', 'decode', corpus],
    main: ['dev.whatsappmd.benchmarks.codec.CodecRun', 'decode'],
    rows: [
      ['decode.all', 'decode, whole corpus, per stanza', 15],
      ['decode.small', 'decode, 198 small stanzas', 12],
      ['decode.usync500', 'decode, usync of 500 users', 10],
      ['decode.group1000', 'decode, group of 1000', 10],
      ['decode.prekeys812', 'decode, 812 pre-keys', 10],
      ['decode.groups50x30', 'decode, 50 groups of 30', 10]
    ]
  },
  {
    script: ['codec.mjs', 'encode', corpus],
    main: ['dev.whatsappmd.benchmarks.codec.CodecRun', 'encode'],
    rows: [
      ['encode.all', 'encode, whole corpus, per stanza', 20],
      ['encode.small', 'encode, 198 small stanzas', 12],
      ['encode.usync500', 'encode, usync of 500 users', 10],
      ['encode.group1000', 'encode, group of 1000', 10],
      ['encode.prekeys812', 'encode, 812 pre-keys', 10],
      ['encode.groups50x30', 'encode, 50 groups of 30', 10]
    ]
  },
  {
    script: ['noise.mjs', 'frames'],
    main: ['dev.whatsappmd.benchmarks.noise.NoiseRun', 'frames'],
    rows: [
      ['frame.100B', 'frame of 100 B, both ways', 6],
      ['frame.1KiB', 'frame of 1 KiB, both ways', 8],
      ['frame.64KiB', 'frame of 64 KiB, both ways', 2]
    ]
  },
  {
    script: ['noise.mjs', 'handshake'],
    main: ['dev.whatsappmd.benchmarks.noise.NoiseRun', 'handshake'],
    rows: [['handshake.both', 'handshake, both sides', 8]]
  },
  ...[
    ['pkmsg', 'pkmsg, read', 5],
    ['msg', 'msg in one chain, read', 5],
    ['pingpong', 'msg with a ratchet step, written and read', 4],
    ['skmsg', 'skmsg, read', 40]
  ].map(([what, name, target]) => ({
    script: ['signal.mjs', what],
    main: ['dev.whatsappmd.benchmarks.signal.SignalRun', what],
    rows: [[`signal.${what}`, name, target]]
  }))
]

const unsteady = results =>
  Math.max(...Object.entries(results).map(([key, values]) => (key.endsWith('.us') ? spread(values[BASE]) : 1)))

/** The attempt in which Baileys was steadiest; how we did plays no part in the choice. */
const measured = ({ script, main }) => {
  const sides = { [BASE]: [process.execPath, join(here, script[0]), ...script.slice(1)] }
  for (const jdk in jdks) sides[jdk] = [jdks[jdk], '-cp', classPath, ...main]
  let best
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const results = interleave(+rounds, sides)
    const worst = unsteady(results)
    console.error(`${main.at(-1)}: attempt ${attempt}, largest/smallest of ${BASE} up to ${worst.toFixed(2)}`)
    if (!best || worst < best.worst) best = { results, worst }
    if (worst <= STEADY) break
  }
  return best.results
}

const digits = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2))
const cell = values => `${digits(median(values))} (${digits(Math.min(...values))}–${digits(Math.max(...values))})`
const row = cells => `| ${cells.join(' | ')} |`

const ratios = (results, key, jdk) => {
  const { [BASE]: theirs, [jdk]: ours } = results[`${key}.us`]
  const { [BASE]: theirCpu, [jdk]: ourCpu } = results[`${key}.cpu`]
  return [
    median(theirs) / median(ours),
    median(theirCpu) / median(ourCpu),
    Math.min(...theirCpu) / Math.min(...ourCpu)
  ]
}

/** A target counts as met only in a steady comparison; otherwise it is reached at best. */
const verdict = (results, key, target) => {
  const missed = Object.keys(jdks).filter(jdk => Math.min(...ratios(results, key, jdk)) < target)
  if (missed.length > 0) return `**not met** on ${missed.join(', ')}`
  if (+rounds < ENOUGH_ROUNDS) return 'reached, too few rounds'
  return spread(results[`${key}.us`][BASE]) > STEADY ? 'reached, unsteady' : 'met'
}

const line = (results, [key, name, target]) => {
  const clock = results[`${key}.us`]
  const labels = Object.keys(jdks)
  return row([
    name,
    cell(clock[BASE]),
    ...labels.map(jdk => cell(clock[jdk])),
    ...labels.map(jdk => ratios(results, key, jdk).map(ratio => `${digits(ratio)}x`).join(' / ')),
    `${target}x: ${verdict(results, key, target)}`
  ])
}

const load = () => loadavg()[0].toFixed(1)
const loadBefore = load()
const all = {}
const lines = comparisons.flatMap(comparison => {
  const results = measured(comparison)
  Object.assign(all, results)
  return comparison.rows.map(of => line(results, of))
})
writeFileSync(table.replace(/\.md$/, '.json'), JSON.stringify(all, null, 1))
const labels = Object.keys(jdks)
const header = ['µs, median (min–max)', BASE, ...labels, ...labels.map(jdk => `${jdk} faster by`), 'target']
const { version } = JSON.parse(readFileSync(join(here, 'node_modules', 'baileys', 'package.json'), 'utf8'))
writeFileSync(
  table,
  [
    row(header),
    row(header.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...lines,
    '',
    `${rounds} rounds · Baileys ${version} on Node ${process.versions.node} · ${labels.join(', ')} · ` +
      `${availableParallelism()} × ${cpus()[0].model} · load average ${loadBefore} before, ${load()} after · ` +
      `${new Date().toISOString().slice(0, 10)}`,
    '',
    'Columns in µs are clock time. "Faster by": medians on the clock / medians of processor time / ' +
      'least processor time against least. A target is met when all three reach it.',
    '',
    `Unsteady: ${BASE}' own values differ by more than ${STEADY}x in each of ${ATTEMPTS} attempts; ` +
      'the steadiest attempt is shown.',
    ''
  ].join('\n')
)
console.log(readFileSync(table, 'utf8'))
