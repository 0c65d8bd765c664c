// A map of strings to bytes in two buffers instead of thousands of objects: a session's 812 pre-keys take 60 KB here and
// 400 KB as objects, and the garbage collector has nothing to visit. Entries lie in the order in which they were last set,
// so that the oldest can be forgotten when the map has a limit.
//   entry: key length u16 · value length u32 · live u8 · key · value

const headerBytes = 7
const liveAt = 6
/** What a buffer is larger than what it holds, so that a change does not copy all of it. */
const slack = 1 / 8
const minSlackBytes = 128

export type PackedLimit = { entries: number; bytes: number }

/** FNV-1a, of a part of a buffer. */
function hashOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash >>> 0
}

export class PackedMap {
  readonly #limit: PackedLimit | undefined
  #data = Buffer.alloc(0)
  /** Open addressing: offset of an entry plus one, 0 where there is none. A dead entry keeps its slot until the next rebuild. */
  #slots = new Uint32Array(8)
  #usedSlots = 0
  #end = 0
  #oldest = 0
  #size = 0
  #liveBytes = 0

  constructor(limit?: PackedLimit) {
    this.#limit = limit
  }

  get size(): number {
    return this.#size
  }

  /** Keys and values, without what the map adds. */
  get bytes(): number {
    return this.#liveBytes - this.#size * headerBytes
  }

  /** What it takes of memory. */
  get allocatedBytes(): number {
    return this.#data.length + this.#slots.byteLength
  }

  has(key: string): boolean {
    return this.#find(Buffer.from(key)) !== undefined
  }

  /** A copy, which callers may change; a Buffer, since libsignal takes nothing else. */
  get(key: string): Buffer | undefined {
    const offset = this.#find(Buffer.from(key))
    return offset === undefined ? undefined : Buffer.from(this.#valueAt(offset))
  }

  /** Makes room for so many more entries of so many bytes together, once instead of in steps. */
  reserve(entries: number, bytes: number): void {
    const added = entries * headerBytes + bytes
    const isRoomy = this.#end + added <= this.#data.length && (this.#usedSlots + entries) * 4 <= this.#slots.length * 3
    if (!isRoomy) this.#rebuild(added, entries)
  }

  /** Sets or refreshes an entry, which then is the newest. */
  set(key: string, value: Uint8Array): void {
    const keyBytes = Buffer.from(key)
    const entryBytes = headerBytes + keyBytes.length + value.length
    if (this.#limit && entryBytes > this.#limit.bytes) return void this.delete(key)
    if (this.#end + entryBytes > this.#data.length || (this.#usedSlots + 1) * 4 > this.#slots.length * 3) {
      this.#rebuild(entryBytes, 1)
    }
    const slot = this.#slotOf(keyBytes)
    this.#bury(slot)
    const offset = this.#end
    this.#data.writeUInt16LE(keyBytes.length, offset)
    this.#data.writeUInt32LE(value.length, offset + 2)
    this.#data[offset + liveAt] = 1
    this.#data.set(keyBytes, offset + headerBytes)
    this.#data.set(value, offset + headerBytes + keyBytes.length)
    if (this.#slots[slot] === 0) this.#usedSlots += 1
    this.#slots[slot] = offset + 1
    this.#end += entryBytes
    this.#size += 1
    this.#liveBytes += entryBytes
    this.#forgetOldest()
  }

  delete(key: string): void {
    this.#bury(this.#slotOf(Buffer.from(key)))
  }

  /** Oldest first. The values are views: they hold until the next change. */
  *entries(): Generator<[key: string, value: Uint8Array]> {
    for (let offset = this.#oldest; offset < this.#end; offset += this.#entryBytesAt(offset)) {
      if (this.#isLive(offset)) yield [this.#keyAt(offset).toString(), this.#valueAt(offset)]
    }
  }

  #forgetOldest(): void {
    const limit = this.#limit
    if (!limit) return
    while (this.#size > limit.entries || this.#liveBytes > limit.bytes) {
      if (this.#isLive(this.#oldest)) this.#kill(this.#oldest)
      this.#oldest += this.#entryBytesAt(this.#oldest)
    }
  }

  #find(key: Uint8Array): number | undefined {
    const offset = (this.#slots[this.#slotOf(key)] ?? 0) - 1
    return offset >= 0 && this.#isLive(offset) ? offset : undefined
  }

  /** The slot of this key, live or dead, or the empty one where it belongs. */
  #slotOf(key: Uint8Array): number {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(key, 0, key.length) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#slots[slot] ?? 0
      if (at === 0 || this.#isKeyAt(at - 1, key)) return slot
    }
  }

  #isKeyAt(offset: number, key: Uint8Array): boolean {
    const data = this.#data
    if (data.readUInt16LE(offset) !== key.length) return false
    const from = offset + headerBytes
    for (let at = 0; at < key.length; at++) if (data[from + at] !== key[at]) return false
    return true
  }

  #bury(slot: number): void {
    const offset = (this.#slots[slot] ?? 0) - 1
    if (offset >= 0 && this.#isLive(offset)) this.#kill(offset)
  }

  #kill(offset: number): void {
    this.#data[offset + liveAt] = 0
    this.#size -= 1
    this.#liveBytes -= this.#entryBytesAt(offset)
  }

  /** Into a new buffer with room for more entries, without the dead; the old one may still be looked at by somebody. */
  #rebuild(addedBytes: number, addedEntries: number): void {
    const needed = this.#liveBytes + addedBytes
    const data = Buffer.allocUnsafeSlow(needed + Math.max(minSlackBytes, Math.ceil(needed * slack)))
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(8, (this.#size + addedEntries) * 1.5))))
    const before = { data: this.#data, from: this.#oldest, end: this.#end }
    let end = 0
    const offsets: number[] = []
    for (let from = before.from; from < before.end; ) {
      const bytes = this.#entryBytesAt(from)
      if (this.#isLive(from)) {
        offsets.push(end)
        before.data.copy(data, end, from, from + bytes)
        end += bytes
      }
      from += bytes
    }
    this.#data = data
    this.#slots = slots
    this.#usedSlots = offsets.length
    this.#oldest = 0
    this.#end = end
    const mask = slots.length - 1
    for (const offset of offsets) {
      const from = offset + headerBytes
      let slot = hashOf(data, from, from + data.readUInt16LE(offset)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = offset + 1
    }
  }

  #isLive(offset: number): boolean {
    return this.#data[offset + liveAt] === 1
  }

  #entryBytesAt(offset: number): number {
    return headerBytes + this.#data.readUInt16LE(offset) + this.#data.readUInt32LE(offset + 2)
  }

  #keyAt(offset: number): Buffer {
    const from = offset + headerBytes
    return this.#data.subarray(from, from + this.#data.readUInt16LE(offset))
  }

  #valueAt(offset: number): Buffer {
    return this.#data.subarray(
      offset + headerBytes + this.#data.readUInt16LE(offset),
      offset + this.#entryBytesAt(offset),
    )
  }
}
