/**
 * A service's JSON log line for a reader: time, level, event, then the other fields. Any other line as it is.
 */
export function readableLine(line: string): string {
  const fields = parse(line)
  if (!fields || typeof fields.time !== 'string') return line
  const { time, level, event, msg, service: _service, version: _version, ...rest } = fields
  const clock = String(time).slice(11, 23)
  const others = Object.entries(rest).map(([name, value]) => `${name}=${shown(value)}`)
  const words = [clock, String(level ?? '').padEnd(5), event, msg, ...others]
  return words.filter((word) => word !== undefined).join(' ')
}

const shown = (value: unknown): string =>
  typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
