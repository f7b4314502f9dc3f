import { expect, test } from '@playwright/test'

test('a wrong password says so and nothing more', async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('nobody@demo.example')
  await page.getByLabel('Password').fill('wrong password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('E-mail or password is not right.')).toBeVisible()
})

test('a page behind the sign-in asks for it and comes back', async ({ page }) => {
  await page.goto('/p/demo/guideline')
  await expect(page).toHaveURL(/sign-in\?to=/)
})

test('a client that claims another address with each try is stopped all the same, and a long body is not read', async ({ request }) => {
  const { csrfToken } = await (await request.get('/api/auth/csrf')).json()
  const attempt = (number: number, password = 'wrong password') =>
    request.post('/api/auth/callback/credentials', {
      headers: { 'x-forwarded-for': `203.0.113.${number}`, 'x-exemplar-socket': `203.0.113.${number}` },
      form: { email: 'rotating@demo.example', password, csrfToken, json: 'true' },
    })
  for (let number = 1; number <= 10; number++) expect(await (await attempt(number)).text()).toContain('error=CredentialsSignin')
  expect(await (await attempt(11)).text()).toMatch(/error=rate-limited%3A\d+/)
  expect((await attempt(12, 'x'.repeat(17_000))).status()).toBe(413)
})

test('every page has a policy with a nonce of its own and no inline script', async ({ request }) => {
  const policies = await Promise.all(
    ['/sign-in', '/sign-in', '/p/demo'].map(async (page) => (await request.get(page)).headers()['content-security-policy'] ?? ''),
  )
  expect(new Set(policies.map((policy) => /'nonce-([^']+)'/.exec(policy)?.[1])).size).toBe(3)
  for (const policy of policies) {
    const scripts = /script-src ([^;]+)/.exec(policy)?.[1] ?? ''
    expect(scripts).toContain("'strict-dynamic'")
    expect(scripts).not.toMatch(/unsafe|blob:|\*/)
  }
})
