import type { BinaryNode } from '@whiskeysockets/baileys'

export type { BinaryNode } from '@whiskeysockets/baileys'
export type Attributes = Record<string, string>

/** Attributes without the undefined ones, so that optional attributes can be written in place. */
export function attributes(values: Record<string, string | undefined>): Attributes {
  const present: Attributes = {}
  // Several times per message, so without the arrays that Object.entries would make.
  for (const name in values) {
    const value = values[name]
    if (value !== undefined) present[name] = value
  }
  return present
}

export function node(tag: string, attrs: Attributes = {}, content?: BinaryNode[] | Uint8Array | string): BinaryNode {
  return content === undefined ? { tag, attrs } : { tag, attrs, content }
}

export function childrenOf(parent: BinaryNode | undefined, tag?: string): BinaryNode[] {
  if (!parent || !Array.isArray(parent.content)) return []
  return tag === undefined ? parent.content : parent.content.filter((child) => child.tag === tag)
}

export function childOf(parent: BinaryNode | undefined, tag?: string): BinaryNode | undefined {
  if (!parent || !Array.isArray(parent.content)) return undefined
  return tag === undefined ? parent.content[0] : parent.content.find((child) => child.tag === tag)
}

/** The binary content of a node, or undefined when it holds none. */
export function bytesOf(target: BinaryNode | undefined): Uint8Array | undefined {
  return target?.content instanceof Uint8Array ? target.content : undefined
}

/** The content of a node as text: short strings travel as tokens, others as bytes. */
export function textOf(target: BinaryNode | undefined): string | undefined {
  if (typeof target?.content === 'string') return target.content
  const bytes = bytesOf(target)
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}

/** A big-endian unsigned integer of at most four bytes, as ids of keys travel. */
export function uintOf(target: BinaryNode | undefined): number | undefined {
  const bytes = bytesOf(target)
  if (!bytes || bytes.length === 0 || bytes.length > 4) return undefined
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}
