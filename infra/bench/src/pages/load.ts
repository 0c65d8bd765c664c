// One page, opened by a browser that has kept nothing of it: what came over the wire, and when it could be read and used.
import type { Kept } from '@wagate/journeys/visitor.ts'
import type { Browser } from 'playwright-core'

export type Load = {
  /** Of scripts, as they came: compressed. */
  scriptBytes: number
  /** Of everything: the document, styles, fonts and pictures too. */
  allBytes: number
  /** From asking for the page to the first byte of it. */
  firstByteMs: number
  /** To the largest contentful paint. */
  paintMs: number
  /** Until scripts have taken the page over: forms, menus and live events work. */
  usableMs: number
}

// As text: they run in the page, whose types are not this program's.
const usable = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const told = list.getEntries().find(({ name }) => name.endsWith('/preferences/time-zone'))
    if (told) resolve(told.startTime)
  }).observe({ type: 'resource', buffered: true })
})`
const figures = `new Promise((resolve) => {
  const paints = new PerformanceObserver((list) => {
    const [document] = performance.getEntriesByType('navigation')
    const files = performance.getEntriesByType('resource')
    const sum = (entries) => entries.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0)
    resolve({
      scriptBytes: sum(files.filter(({ name }) => new URL(name).pathname.endsWith('.js'))),
      allBytes: sum([document, ...files]),
      firstByteMs: document.responseStart,
      paintMs: list.getEntries().at(-1).startTime,
    })
  })
  requestAnimationFrame(() => paints.observe({ type: 'largest-contentful-paint', buffered: true }))
})`

export async function load(browser: Browser, kept: Kept, url: string): Promise<Load> {
  const look = { viewport: { width: 1_280, height: 800 }, locale: 'en', timezoneId: 'Asia/Kolkata' }
  const context = await browser.newContext({ ...look, ...kept })
  try {
    const page = await context.newPage()
    const answer = await page.goto(url)
    if (!answer?.ok() || page.url() !== url) throw new Error(`${url} answered ${answer?.status()} at ${page.url()}`)
    // What scripts do first when they have taken over: tell where the person is, unless the server's guess was right.
    const usableMs = await page.evaluate<number>(usable)
    return { ...(await page.evaluate<Omit<Load, 'usableMs'>>(figures)), usableMs }
  } finally {
    await context.close()
  }
}
