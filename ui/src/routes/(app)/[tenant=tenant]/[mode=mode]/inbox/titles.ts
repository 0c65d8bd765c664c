// What people are called in lists.
import type { Chat } from '@wagate/api/chat.ts'

type Person = Pick<Chat, 'name' | 'phone' | 'lid'>

export const chatTitle = ({ name, phone, lid }: Person): string => name ?? phone ?? lid ?? ''

/** A letter for a round picture; a number has none. */
export const initialOf = (title: string): string => /\p{L}/u.exec(title)?.[0].toLocaleUpperCase() ?? '#'
