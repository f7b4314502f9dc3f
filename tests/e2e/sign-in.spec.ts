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
