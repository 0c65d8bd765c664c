// Preloaded (`node --import`) into the processes of one worker: their wall clock is off by FAULT_CLOCK_MS, and by as much to the
// other side once FAULT_CLOCK_JUMPS_AFTER_MS have passed. Monotonic clocks and timers are right, as after a bad time server.
const env = process.env
const offMs = Number(env.FAULT_CLOCK_MS ?? 0)
const jumpsAtMs = performance.now() + Number(env.FAULT_CLOCK_JUMPS_AFTER_MS ?? Number.POSITIVE_INFINITY)
const RealDate = Date
const wrongNow = (): number => RealDate.now() + (performance.now() < jumpsAtMs ? offMs : -offMs)

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [wrongNow()] : given, newTarget),
  apply: () => new RealDate(wrongNow()).toString(),
  get: (target, name, receiver) => (name === 'now' ? wrongNow : Reflect.get(target, name, receiver)),
})
