type Outcome = { ok: true } | { ok: false; reason: 'wrong' | 'rate-limited' | 'unavailable' | 'unreachable'; waitSeconds?: number }

async function csrfToken(): Promise<string> {
  const response = await fetch('/api/auth/csrf', { headers: { accept: 'application/json' }, cache: 'no-store' })
  if (!response.ok) throw new Error(`csrf ${response.status}`)
  return ((await response.json()) as { csrfToken: string }).csrfToken
}

const post = async (path: string, fields: Record<string, string>) =>
  fetch(`/api/auth/${path}`, { method: 'POST', body: new URLSearchParams({ ...fields, csrfToken: await csrfToken(), json: 'true' }) })

/** Signs in; on success the session cookie is set. Never says whether the account exists. */
export async function signIn(email: string, password: string): Promise<Outcome> {
  try {
    const response = await post('callback/credentials', { email, password, callbackUrl: window.location.origin })
    if (response.ok) return { ok: true }
    const { url } = (await response.json().catch(() => ({ url: '' }))) as { url?: string }
    const error = url ? (new URL(url, window.location.origin).searchParams.get('error') ?? '') : ''
    if (error.startsWith('rate-limited:')) return { ok: false, reason: 'rate-limited', waitSeconds: Number(error.split(':')[1]) }
    // An answer of the server about itself says nothing about the password.
    if (error === 'unavailable') return { ok: false, reason: 'unavailable' }
    return { ok: false, reason: response.status === 401 ? 'wrong' : 'unreachable' }
  } catch {
    return { ok: false, reason: 'unreachable' }
  }
}

/** Ends this sign-in, here and in the session row. */
export async function signOut(): Promise<void> {
  await post('signout', { callbackUrl: window.location.origin })
}
