import { expect, test } from '@playwright/test'
import { senderOf } from './desk-project.ts'
import { signInAs, visit } from './people.ts'

const SLUG = `tools-${Date.now().toString(36)}`
const PARAMETERS = {
  type: 'object',
  properties: {
    city: { type: 'string', description: 'Where to look' },
    days: { type: 'integer', minimum: 1 },
    unit: { enum: ['C', 'F'] },
  },
  required: ['city', 'days'],
  additionalProperties: false,
}

test('a tool is called by a form with the keyboard alone; the raw JSON beside it keeps what the form does not touch', async ({ browser }) => {
  const page = await signInAs(browser, 'manager')
  const send = senderOf(page)
  const project: { id: string } = await send('post', '/projects', { name: 'Tools', slug: SLUG, description: '' })
  await send('post', `/projects/${project.id}/prompts`, {
    messages: [{ id: 'm1', role: 'user', content: 'Will it rain in 北京?', train: false }],
    tools: [{ name: 'weather', description: 'The weather of a place', parameters: JSON.stringify(PARAMETERS) }],
  })
  await visit(page, `/p/${SLUG}/write`)
  await expect(page).toHaveURL(/\/write\/[0-9a-f-]{36}/)
  const { keyboard } = page
  await page.getByRole('button', { name: 'Assistant', exact: true }).press('Enter')
  await expect(page.getByLabel('Text of message 2, Assistant')).toBeFocused()
  await keyboard.press('Control+.')
  await page.getByRole('menuitem', { name: 'Add a tool call' }).press('Enter')
  const call = page.getByRole('group', { name: /^Tool call/ })
  await expect(call.getByLabel('Name of the tool')).toBeFocused()
  await expect(call.getByLabel('Name of the tool')).toHaveValue('weather')
  await expect(call.getByText('The weather of a place')).toBeVisible()
  const json = call.getByLabel('Arguments (JSON)')
  // What the schema demands is said as soon as it has been looked at.
  await expect(call.getByRole('status')).toContainText(/must have required property 'city'/)
  await call.getByLabel('city').focus()
  await keyboard.type('北京 "west"')
  await keyboard.press('Tab')
  await expect(call.getByLabel('days')).toBeFocused()
  await keyboard.type('-')
  await expect(call.getByText('Not a number yet; the call is unchanged.')).toBeVisible()
  await keyboard.press('Backspace')
  await keyboard.type('3')
  await keyboard.press('Tab')
  await call.getByLabel('unit').selectOption('C')
  await expect(json).toHaveValue('{"city": "北京 \\"west\\"", "days": 3, "unit": "C"}')
  await expect(call.getByRole('status')).toHaveText('')
  // By hand: another number, in its own words, and a member the tool does not know.
  await json.fill('{\n  "city": "北京",\n  "days": 3.0,\n  "far": [1,  2]\n}')
  await expect(call.getByRole('status')).toContainText('must NOT have additional properties: far')
  await expect(call.getByLabel('days')).toHaveValue('3.0')
  await call.getByLabel('unit').selectOption('F')
  await expect(json).toHaveValue('{\n  "city": "北京",\n  "days": 3.0,\n  "far": [1,  2],\n  "unit": "F"\n}')
  await call.getByRole('button', { name: 'Remove far' }).click()
  await expect(json).toHaveValue('{\n  "city": "北京",\n  "days": 3.0,\n  "unit": "F"\n}')
  await expect(call.getByRole('status')).toHaveText('')
  await json.fill('{\n  "city": "北京",\n}')
  await expect(call.getByRole('status')).toContainText('Not valid JSON from line 3, column 1')
  await expect(call.getByText('There is a form again as soon as')).toBeVisible()
  await keyboard.press('Control+z')
  await expect(call.getByLabel('city')).toHaveValue('北京')
  await page.context().close()
})
