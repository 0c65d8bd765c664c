// A message is among the unsettled from the moment it is sent off, and out of its field; what the API answers settles it.

import type { Translate } from '#lib/i18n/translate.ts'
import type { FormProblem } from '#lib/server/problem.ts'
import type { SubmitFunction } from '$app/forms'
import type { Unsettled } from '../../unsettled.svelte.ts'

/** An idempotency key. `crypto.randomUUID` is only where the page came by https. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

type Answer = { sent?: string; problem?: FormProblem }

/** `onSent`: after it was put among them, before there is an answer. */
export const sending =
  (unsettled: Unsettled, chatId: string, t: Translate, onSent?: () => void): SubmitFunction =>
  ({ formData, cancel }) => {
    const textOf = (name: string) => String(formData.get(name) ?? '')
    const [key, text] = [textOf('key'), textOf('text')]
    if (text.trim() === '') return cancel()
    unsettled.sent({ key, chatId, text, at: new Date().toISOString() })
    onSent?.()
    return ({ result }) => {
      const { sent, problem } = ('data' in result ? (result.data ?? {}) : {}) as Answer
      if (sent !== undefined) unsettled.accepted(key, sent)
      else unsettled.refused(key, problem ?? { title: t('inbox.not_sent'), detail: t('inbox.not_sent_detail') })
    }
  }
