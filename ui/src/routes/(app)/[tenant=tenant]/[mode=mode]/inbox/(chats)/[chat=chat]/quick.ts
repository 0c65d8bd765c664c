// A slash at the beginning asks for quick replies: what is written after it is looked for in their shortcuts, then in their texts.
import type { QuickReply } from '@wagate/api/quick-reply.ts'

/** What is asked for; undefined when it is a message. */
export const shortcutAt = (text: string): string | undefined => /^\/(\S{0,32})$/.exec(text)?.[1]?.toLowerCase()

const rank = ({ shortcut, text }: QuickReply, asked: string): number => {
  if (shortcut.startsWith(asked)) return 0
  if (shortcut.includes(asked)) return 1
  return text.toLowerCase().includes(asked) ? 2 : 3
}

export const matching = (replies: readonly QuickReply[], asked: string): QuickReply[] =>
  replies
    .map((reply) => ({ reply, rank: rank(reply, asked) }))
    .filter(({ rank }) => rank < 3)
    .sort((one, other) => one.rank - other.rank || (one.reply.shortcut < other.reply.shortcut ? -1 : 1))
    .map(({ reply }) => reply)
