import type { Notice } from '@wagate/messages/notices.ts'
import { expect, test } from 'vitest'
import { createWatches, maxWatched, watchedMs } from './watches.ts'

function watching() {
  const asked: string[] = []
  const notices: Notice[] = []
  const timers: { dueMs: number; run: () => void }[] = []
  const socket = { watchTyping: (jid: string) => void asked.push(jid), appearOffline: () => void asked.push('offline') }
  let nowMs = 0
  let mayWrite = true
  const watches = createWatches({
    socket: () => (mayWrite ? socket : undefined),
    connection: () => socket,
    tell: (notice) => notices.push(notice),
    sessionId: 'ses_A',
    now: () => new Date(nowMs),
    after: (ms, run) => timers.push({ dueMs: nowMs + ms, run }),
  })
  return {
    ...watches,
    asked,
    timers,
    hold: () => {
      mayWrite = false
    },
    heard: () =>
      notices.splice(0).map((told) => (told.type === 'chat.typing' ? [told.chatId, told.state] : [told.type])),
    pass(ms: number): void {
      nowMs += ms
      for (const timer of timers.splice(0))
        if (timer.dueMs <= nowMs) timer.run()
        else timers.push(timer)
    },
  }
}

const ana = { phone: '+999100', lid: '7@lid' }
const bob = { phone: '+999200' }

test('who types is told of watched chats, under either name, and of no others', () => {
  const { watch, typed, heard } = watching()
  typed('7@lid', 'composing')
  expect(heard()).toEqual([])
  watch(ana, 'cht_ana')
  typed('7@lid', 'composing')
  typed('999100@s.whatsapp.net', 'paused')
  typed('999200@s.whatsapp.net', 'composing')
  expect(heard()).toEqual([
    ['cht_ana', 'composing'],
    ['cht_ana', 'paused'],
  ])
})

test('a chat is watched as long as somebody says so, and with the last one the account appears offline again', () => {
  const { watch, typed, heard, pass, asked, timers } = watching()
  watch(ana, 'cht_ana')
  pass(watchedMs / 2)
  watch(bob, 'cht_bob')
  watch(ana, 'cht_ana')
  expect(timers).toHaveLength(1)
  pass(watchedMs / 2)
  watch(bob, 'cht_bob')
  pass(watchedMs / 2)
  typed('7@lid', 'composing')
  typed('999200@s.whatsapp.net', 'composing')
  expect(heard()).toEqual([['cht_bob', 'composing']])
  expect(asked).not.toContain('offline')
  pass(watchedMs / 2)
  expect(asked.at(-1)).toBe('offline')
  expect(timers).toEqual([])
  watch(ana, 'cht_ana')
  expect(timers).toHaveLength(1)
})

test('nothing is asked while the session may not write, but it does not stay online either', () => {
  const { watch, pass, hold, asked, typed, heard } = watching()
  watch(ana, 'cht_ana')
  hold()
  watch(bob, 'cht_bob')
  pass(watchedMs)
  expect(asked).toEqual(['7@lid', 'offline'])
  typed('999200@s.whatsapp.net', 'composing')
  expect(heard()).toEqual([])
})

test('the chat that was asked for longest ago gives way when there are too many', () => {
  const { watch, typed, heard } = watching()
  for (let n = 0; n <= maxWatched; n++) watch({ phone: `+9991000${n}` }, `cht_${n}`)
  typed('99910000@s.whatsapp.net', 'composing')
  typed('99910001@s.whatsapp.net', 'composing')
  expect(heard()).toEqual([['cht_1', 'composing']])
})
