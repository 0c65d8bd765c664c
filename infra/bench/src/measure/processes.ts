// CPU time and memory of processes with all their children, from Linux' /proc: the same instrument for everything measured.
import { readdirSync, readFileSync } from 'node:fs'

/** proc(5): clock ticks are 1/100 s for every program, whatever the kernel's own tick is. */
const msPerTick = 10

export type ProcessTimes = {
  pid: number
  parent: number
  /** User and system time so far, its own and that of children that have ended, in ms. */
  cpuMs: number
}

/** Parses one `/proc/<pid>/stat`. The command in parentheses may hold anything, so fields are counted after it. */
export function parseStat(text: string): ProcessTimes {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  const cpuMs = (field(14) + field(15) + field(16) + field(17)) * msPerTick
  return { pid: Number.parseInt(text, 10), parent: field(4), cpuMs }
}

/** Every process of the machine now. */
export function processTable(): Map<number, ProcessTimes> {
  const table = new Map<number, ProcessTimes>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const text = readOrNothing(`/proc/${name}/stat`)
    if (text) table.set(Number(name), parseStat(text))
  }
  return table
}

/** A process and everything below it, but for branches that begin with an excepted process. */
export function treeOf(
  root: number,
  table: Map<number, ProcessTimes>,
  except: (pid: number) => boolean = () => false,
): number[] {
  const found = [root]
  for (const pid of found)
    for (const child of table.values()) if (child.parent === pid && !except(child.pid)) found.push(child.pid)
  return found.filter((pid) => table.has(pid))
}

/** Memory that is in RAM now, shared pages included, in bytes; 0 when the process is gone. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readOrNothing(`/proc/${pid}/status`))?.[1]
  return Number(kibibytes ?? 0) * 1024
}

/** Bytes that the process caused to be written to storage so far; counts whole pages. */
export function storedBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readOrNothing(`/proc/${pid}/io`))?.[1] ?? Number.NaN)
}

/** CPU time that the whole machine has used so far, in ms, idle and stolen time not included. */
export function machineBusyMs(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    readFileSync('/proc/stat', 'utf8')
      .split('\n', 1)[0]
      ?.replace(/^cpu\s+/, '')
      .split(' ')
      .map(Number) ?? []
  return (user + nice + system + irq + softirq) * msPerTick
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended meanwhile
  }
}
