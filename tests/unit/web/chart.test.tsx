import { NextIntlClientProvider } from 'next-intl'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Chart } from '#components/ui/chart.tsx'
import messages from '#messages/en.json' with { type: 'json' }

const drawn = (summary: string | null) =>
  renderToStaticMarkup(
    <NextIntlClientProvider locale="en" timeZone="UTC" messages={messages}>
      <Chart title="Loss" x={[1]} xLabel="steps" series={[]} format={String} group="run" summary={summary} />
    </NextIntlClientProvider>,
  )

test('a chart without a value says so, and has neither legend nor summary', () => {
  expect(drawn(null)).toContain('No values yet')
  expect(drawn(null)).not.toContain('class="chart')
  expect(drawn('from 2 to 1, least 1')).toContain('from 2 to 1, least 1')
})
