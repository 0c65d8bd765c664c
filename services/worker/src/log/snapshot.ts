// A session's memory as plain data and back. The table below has a line for every field of `Memory`: a new field does not
// compile until somebody has said how a snapshot keeps it.
import type { BoundedMap } from './bounded-map.ts'
import type { Chats } from './chats.ts'
import { emptyMemory, type LoggedEvent, type Memory } from './memory.ts'

/** What a new owner starts from: the fold of the log up to a position. */
export type Snapshot = {
  memory: Memory
  /** Every event up to this sequence was published when it was taken. */
  relayed: number
  /** Events of the memory beyond that, in order: their records may be purged before they are published. */
  unpublished: LoggedEvent[]
}

/**
 * Fields by name, each as parts of a bounded number of entries, so that packing and unpacking can let others run in between.
 * The values are shared with the memory, which replaces values and never changes them.
 */
export type PlainSnapshot = Record<string, unknown[]>

const entriesPerPart = 128

type Field<Value> = {
  /** At once: a consistent copy of what may change. */
  capture: (value: Value) => unknown[]
  /** `empty` is the field of a session that has just begun; it may be filled and returned. */
  restore: (parts: never[], empty: Value) => Value
}

const asIs = <Value>(): Field<Value> => ({
  capture: (value) => (value === undefined ? [] : [value]),
  restore: (parts: Value[], empty) => (parts.length > 0 ? (parts[0] as Value) : empty),
})

/** Copied, so that no small value holds a whole snapshot in memory. */
const bytes: Field<Uint8Array | undefined> = {
  capture: (value) => (value ? [value] : []),
  restore: ([value]: Uint8Array[]) => value && Buffer.from(value),
}

const inParts = <Item>(items: Iterable<Item>): Item[][] => {
  const all = [...items]
  const count = Math.ceil(all.length / entriesPerPart)
  return Array.from({ length: count }, (_, part) => all.slice(part * entriesPerPart, (part + 1) * entriesPerPart))
}

const map = <Value>(): Field<Map<string, Value>> => ({
  capture: inParts,
  restore: (parts: [string, Value][][]) => new Map(parts.flat()),
})

/** The bound is the reader's, not the writer's. */
const boundedMap = <Value>(own = (value: Value): Value => value): Field<BoundedMap<string, Value>> => ({
  capture: inParts,
  restore: (parts: [string, Value][][], empty) => {
    for (const [key, value] of parts.flat()) empty.set(key, own(value))
    return empty
  },
})

const chats: Field<Chats> = {
  capture: ({ known, ...rest }) => [rest, ...inParts([...known].map(([name]) => name))],
  restore: ([rest, ...names], empty) => {
    for (const name of names.flat()) empty.known.set(name, true)
    return { ...empty, ...(rest as Omit<Chats, 'known'> | undefined) }
  },
}

/** The map hands out views that hold until its next change. */
const signalKeys: Field<Memory['keys']> = {
  capture: (keys) =>
    Object.entries(keys.entries()).flatMap(([type, values]) =>
      inParts(Object.entries(values)).map((entries) => [
        type,
        entries.map(([id, value]) => [id, value && Buffer.from(value)]),
      ]),
    ),
  restore: (parts: [string, [string, Uint8Array][]][], empty) => {
    for (const [type, entries] of parts) empty.apply({ [type]: Object.fromEntries(entries) })
    return empty
  },
}

/**
 * Whose memory it is stands in the snapshot's name and is authenticated with it. A field that an older snapshot lacks is that
 * of a session that has just begun; where that would be wrong, and where a field's form changes, the format gets a new number
 * and an upgrader (`snapshot-codec.ts`).
 */
const fields: { [Name in Exclude<keyof Memory, 'tenantId' | 'sessionId'>]-?: Field<Memory[Name]> } = {
  epoch: asIs(),
  sequence: asIs(),
  keys: signalKeys,
  creds: bytes,
  created: asIs(),
  deleted: asIs(),
  linked: asIs(),
  closed: asIs(),
  account: asIs(),
  standing: asIs(),
  codes: asIs(),
  crashes: asIs(),
  gap: asIs(),
  logoutRequested: asIs(),
  queue: map(),
  unacknowledged: map(),
  sent: boundedMap(),
  seenCommands: boundedMap(),
  cancelled: boundedMap(),
  chats,
  inbox: boundedMap<Uint8Array>((plaintext) => Buffer.from(plaintext)),
}

export function toPlain({ memory, relayed, unpublished }: Snapshot): PlainSnapshot {
  const parts = Object.entries(fields).map(([name, field]): [string, unknown[]] => [
    name,
    Reflect.apply(field.capture, field, [Reflect.get(memory, name)]),
  ])
  return { relayed: [relayed], unpublished: inParts(unpublished), ...Object.fromEntries(parts) }
}

/** @throws when it has a field that this code does not know: a newer worker wrote it, and what it says must not be lost */
export function fromPlain(tenantId: string, sessionId: string, plain: PlainSnapshot): Snapshot {
  const { relayed: [relayed] = [], unpublished = [], ...rest } = plain
  if (typeof relayed !== 'number') throw new Error('the snapshot is not complete')
  const memory = emptyMemory(tenantId, sessionId)
  for (const [name, parts] of Object.entries(rest)) {
    const field: Field<unknown> | undefined = Object.hasOwn(fields, name) ? Reflect.get(fields, name) : undefined
    if (!field) throw new Error(`the snapshot has a field ${name} that this worker does not know`)
    Reflect.set(memory, name, Reflect.apply(field.restore, field, [parts, Reflect.get(memory, name)]))
  }
  return { memory, relayed, unpublished: (unpublished as LoggedEvent[][]).flat() }
}
