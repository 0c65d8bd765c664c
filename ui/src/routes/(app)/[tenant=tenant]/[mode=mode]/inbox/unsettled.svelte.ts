// What was written in the inbox and is not among its chat's messages yet. It is here from the moment it is sent off until the list has it.
import { createContext } from 'svelte'
import type { FormProblem } from '#lib/server/problem.ts'

export type Pending = {
  /** The idempotency key: sent again under it, it is not a second message. */
  key: string
  chatId: string
  text: string
  at: string
  /** The API took it; absent until then. */
  id?: string
  /** The API did not take it, or could not be asked. */
  refused?: Pick<FormProblem, 'title' | 'detail'>
}

export class Unsettled {
  #all = $state.raw<readonly Pending[]>([])

  of(chatId: string): readonly Pending[] {
    return this.#all.filter((one) => one.chatId === chatId)
  }

  /** Also of one that is tried again. */
  sent(pending: Pending): void {
    const isNew = !this.#all.some(({ key }) => key === pending.key)
    this.#all = isNew ? [...this.#all, pending] : this.#all.map((one) => (one.key === pending.key ? pending : one))
  }

  accepted(key: string, id: string): void {
    this.#change(key, (one) => ({ ...one, id }))
  }

  refused(key: string, refused: Pending['refused'] & object): void {
    this.#change(key, (one) => ({ ...one, refused }))
  }

  forget(keys: readonly string[]): void {
    this.#all = this.#all.filter(({ key }) => !keys.includes(key))
  }

  #change(key: string, change: (one: Pending) => Pending): void {
    this.#all = this.#all.map((one) => (one.key === key ? change(one) : one))
  }
}

export const [useUnsettled, provideUnsettled] = createContext<Unsettled>()
