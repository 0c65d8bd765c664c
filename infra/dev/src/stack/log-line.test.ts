import { expect, test } from 'vitest'
import { readableLine } from './log-line.ts'

test('a JSON line becomes time, level, event and fields', () => {
  const line =
    '{"level":"info","time":"2026-11-20T23:28:30.225Z","service":"projector","event":"lease.changed","key":"c.1","n":{"a":1}}'
  expect(readableLine(line)).toBe('23:28:30.225 info  lease.changed key=c.1 n={"a":1}')
})

test('every other line stays as it is', () => {
  for (const line of ['[1] Server is ready', '{not json', '{"a":1}', '']) expect(readableLine(line)).toBe(line)
})
