// What a notice of the installation changes on the operators' pages: the names that loads depend on.
import type { NoticeType } from '@wagate/api/operator-events.ts'

type Changed<Type> = Type extends `${infer What}.changed` ? What : never
export type OperatorTopic = Exclude<Changed<NoticeType>, 'everything'>

const all: readonly OperatorTopic[] = [
  'workers',
  'failovers',
  'instances',
  'streams',
  'dead_letters',
  'support_accesses',
  'tenants',
]

export function operatorTopicsOf(type: string): readonly OperatorTopic[] {
  if (type === 'everything.changed') return all
  return all.filter((topic) => `${topic}.changed` === type)
}
