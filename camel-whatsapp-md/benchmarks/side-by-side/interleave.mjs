// Runs whole processes in turn, A B C A B C, so that a busy minute of the machine hits all of them alike.
import { spawnSync } from 'node:child_process'

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** How unsteady the values are: the largest divided by the smallest. */
export const spread = values => Math.max(...values) / Math.min(...values)

/**
 * @param rounds how many times each side runs
 * @param sides label to command, an array of arguments; a command prints lines "R <key> <value> <unit>"
 * @returns key to label to the values in the order of the rounds
 */
export const interleave = (rounds, sides) => {
  const results = {}
  for (let round = 0; round < rounds; round++) {
    for (const [label, [command, ...args]] of Object.entries(sides)) {
      const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 })
      if (status !== 0) throw new Error(`${label}: ${command} ${args.join(' ')} failed: ${error ?? stderr.slice(-800)}`)
      for (const line of stdout.split('\n').filter(line => line.startsWith('R '))) {
        const [, key, value] = line.split(/\s+/)
        results[key] ??= {}
        results[key][label] ??= []
        results[key][label].push(+value)
      }
    }
  }
  return results
}
