// A browser without scripts: follows redirects, keeps cookies, fills in forms. What works here works for everybody.

export type Page = { url: URL; status: number; html: string; headers: Headers }
export type FormBrowser = ReturnType<typeof openFormBrowser>

export function openFormBrowser(site: string, headers: Record<string, string> = {}) {
  const cookies = new Map<string, string>()
  /** As they were set, with their attributes. */
  const setCookies: string[] = []

  async function request(path: string, init: RequestInit = {}): Promise<Page> {
    const url = new URL(path, site)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = {
      accept: 'text/html',
      ...headers,
      ...(cookie && { cookie }),
      ...(init.headers as Record<string, string>),
    }
    const response = await fetch(url, { ...init, headers: sent, redirect: 'manual' })
    for (const text of response.headers.getSetCookie()) {
      setCookies.push(text)
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (value === '' || /max-age=0/i.test(text)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const to = response.headers.get('location')
    if (to && response.status >= 300 && response.status < 400) return request(new URL(to, url).href)
    return { url, status: response.status, html: await response.text(), headers: response.headers }
  }

  return {
    cookies,
    setCookies,
    open: (path: string) => request(path),
    submit: (path: string, fields: Record<string, string>, origin = new URL(site).origin) =>
      request(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } }),
  }
}
