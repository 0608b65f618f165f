// The counterpart of Cost.java: what one operation costs, on the clock and in processor time of the whole process.

const measured = (nanos, cpuMicros, operations) => ({ us: nanos / 1e3 / operations, cpu: cpuMicros / operations })

const cpuMicros = start => {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

/** Repeats an operation for that many milliseconds at least; the clock is looked at after each batch. */
export const cost = (milliseconds, batch, operation) => {
  let operations = 0
  let elapsed
  const cpuStart = process.cpuUsage()
  const start = process.hrtime.bigint()
  do {
    for (let i = 0; i < batch; i++) operation()
    operations += batch
    elapsed = Number(process.hrtime.bigint() - start)
  } while (elapsed < milliseconds * 1e6)
  return measured(elapsed, cpuMicros(cpuStart), operations)
}

/** The same for an operation that has to be awaited. */
export const costAsync = async (milliseconds, batch, operation) => {
  let operations = 0
  let elapsed
  const cpuStart = process.cpuUsage()
  const start = process.hrtime.bigint()
  do {
    for (let i = 0; i < batch; i++) await operation()
    operations += batch
    elapsed = Number(process.hrtime.bigint() - start)
  } while (elapsed < milliseconds * 1e6)
  return measured(elapsed, cpuMicros(cpuStart), operations)
}

/** Prints "R <name>.us <value> us" and "R <name>.cpu <value> us". */
export const print = (name, { us, cpu }, parts = 1) => {
  console.log(`R ${name}.us ${(us / parts).toFixed(3)} us`)
  console.log(`R ${name}.cpu ${(cpu / parts).toFixed(3)} us`)
}
