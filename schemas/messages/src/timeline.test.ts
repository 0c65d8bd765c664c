import { expect, test } from 'vitest'
import { disconnectReasonOf, disconnectReasons, timelineReasons, timelineTypes } from './timeline.ts'

test('no type and no reason is named twice, and each is a word of its own', () => {
  expect(new Set(timelineTypes).size).toBe(timelineTypes.length)
  expect([...timelineTypes, ...timelineReasons].filter((word) => !/^[a-z]+(_[a-z]+)*$/.test(word))).toEqual([])
})

test('every code of a disconnect has a reason, also one that WhatsApp invents tomorrow', () => {
  const codes = Array.from({ length: 1_100 }, (_, code) => disconnectReasonOf(code))
  expect(new Set(codes)).toEqual(new Set(disconnectReasons))
})
