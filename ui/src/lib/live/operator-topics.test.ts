import { noticeTypes } from '@wagate/api/operator-events.ts'
import { expect, test } from 'vitest'
import { operatorTopicsOf } from './operator-topics.ts'

test('each notice leads to what it names, and a new connection to everything', () => {
  const named = noticeTypes.filter((type) => type !== 'everything.changed')
  for (const type of named) expect(operatorTopicsOf(type)).toEqual([type.replace('.changed', '')])
  expect(operatorTopicsOf('everything.changed')).toEqual(named.map((type) => type.replace('.changed', '')))
  expect(operatorTopicsOf('message.sent')).toEqual([])
})
