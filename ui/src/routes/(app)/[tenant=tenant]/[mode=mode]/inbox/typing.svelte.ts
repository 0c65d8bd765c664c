// Who types just now. Told by notices; nobody types for ever, even if the end of it is never told.
import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import type { LiveEvent } from '#lib/live/follow.ts'

/** As WhatsApp's own apps show it. */
const shownMs = 25_000

export class Typing {
  readonly #until = new SvelteMap<string, ReturnType<typeof setTimeout>>()

  isIn(chatId: string): boolean {
    return this.#until.has(chatId)
  }

  hear({ type, data }: LiveEvent): void {
    if (type !== 'chat.typing') return
    const told = JSON.parse(data) as { data: { chat_id: string; state: 'composing' | 'paused' } }
    this.#note(told.data.chat_id, told.data.state === 'composing')
  }

  /** Whoever wrote has stopped typing. */
  ended(chatId: string): void {
    this.#note(chatId, false)
  }

  stop(): void {
    for (const timer of this.#until.values()) clearTimeout(timer)
    this.#until.clear()
  }

  #note(chatId: string, isTyping: boolean): void {
    clearTimeout(this.#until.get(chatId))
    if (isTyping)
      this.#until.set(
        chatId,
        setTimeout(() => this.#until.delete(chatId), shownMs),
      )
    else this.#until.delete(chatId)
  }
}

export const [useTyping, provideTyping] = createContext<Typing>()
