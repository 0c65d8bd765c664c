// Where links in mails lead: pages of the dashboard. A token goes into the fragment, which a browser sends to nobody: it enters
// no access log, no Referer and no proxy.

export const verifyEmailLink = (dashboardUrl: string, token: string): string =>
  page(dashboardUrl, 'verify-email', token)

export const resetPasswordLink = (dashboardUrl: string, token: string): string =>
  page(dashboardUrl, 'reset-password', token)

export const invitationLink = (dashboardUrl: string, token: string): string => page(dashboardUrl, 'invitation', token)

export const confirmEmailLink = (dashboardUrl: string, token: string): string =>
  page(dashboardUrl, 'confirm-email', token)

/** Where an owner keeps, exports or deletes his account. */
export const settingsLink = (dashboardUrl: string): string => page(dashboardUrl, 'settings')

export const signInLink = (dashboardUrl: string): string => page(dashboardUrl, 'sign-in')

/** Where somebody asks for a link to set a new password. */
export const forgotPasswordLink = (dashboardUrl: string): string => page(dashboardUrl, 'forgot-password')

/** Below the path that the dashboard may have. */
function page(dashboardUrl: string, name: string, token?: string): string {
  const url = new URL(dashboardUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}`
  url.search = ''
  url.hash = token === undefined ? '' : `token=${encodeURIComponent(token)}`
  return url.href
}
