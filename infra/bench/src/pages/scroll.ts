// How smoothly a list moves: the time from frame to frame while it is scrolled without a pause, what it has yet to fetch included.
import type { Kept } from '@wagate/journeys/visitor.ts'
import { wordsOf } from '@wagate/journeys/words.ts'
import type { Browser } from 'playwright-core'

export type Scrolled = {
  /** From each frame to the next. */
  framesMs: number[]
  /** How far it came: it waits at an end for what is fetched. */
  pixels: number
}

const frames = 300
const pixelsPerFrame = 100
const t = wordsOf('en')

// As text: it runs in the page, whose types are not this program's.
const scrolling = (box: string, step: number) => `new Promise((resolve) => {
  const box = ${box}
  const framesMs = []
  let [before, pixels] = [0, 0]
  const next = (now) => {
    if (before > 0) framesMs.push(now - before)
    before = now
    if (framesMs.length === ${frames}) return resolve({ framesMs, pixels })
    const from = box.scrollTop
    box.scrollTop += ${step}
    pixels += Math.abs(box.scrollTop - from)
    requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
})`
const boxOf = (role: string, label: string) => `document.querySelector('[role=${role}][aria-label="${label}"]')`
/** With scripts, a conversation begins at its end. */
const isAtEnd = (box: string) => `new Promise((resolve) => {
  const look = () => (${box}.scrollTop > 0 ? resolve() : requestAnimationFrame(look))
  look()
})`

/** Down through the chats, and then up through the messages of the one that the address names. */
export async function scroll(
  browser: Browser,
  kept: Kept,
  url: string,
): Promise<Record<'chats' | 'messages', Scrolled>> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, locale: 'en', ...kept })
  try {
    const page = await context.newPage()
    await page.goto(url)
    const chats = boxOf('region', t('inbox.chats'))
    const conversation = boxOf('log', t('inbox.messages'))
    await page.evaluate(isAtEnd(conversation))
    return {
      chats: await page.evaluate<Scrolled>(scrolling(chats, pixelsPerFrame)),
      messages: await page.evaluate<Scrolled>(scrolling(conversation, -pixelsPerFrame)),
    }
  } finally {
    await context.close()
  }
}
