import type { Webhook } from '@wagate/api/webhook.ts'

export const isChosen = ({ event_types }: Pick<Webhook, 'event_types'>, type: string): boolean =>
  event_types.length === 0 || event_types.includes(type)
