import { TemplateError } from './values.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const two = (n: number) => String(n).padStart(2, '0')

/**
 * Python's `strftime` in the C locale for midnight of a pinned day. A template that writes the date would otherwise
 * give other bytes every day. `date` is `YYYY-MM-DD`. Throws TemplateError for a directive it does not know.
 */
export function strftime(date: string, format: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  const yearDay = Math.round((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1
  const monthName = MONTHS[month - 1] ?? ''
  const dayName = DAYS[weekday] ?? ''
  const parts: Record<string, string> = {
    Y: String(year).padStart(4, '0'),
    y: two(year % 100),
    m: two(month),
    d: two(day),
    e: String(day).padStart(2, ' '),
    B: monthName,
    b: monthName.slice(0, 3),
    h: monthName.slice(0, 3),
    A: dayName,
    a: dayName.slice(0, 3),
    j: String(yearDay).padStart(3, '0'),
    H: '00',
    I: '12',
    M: '00',
    S: '00',
    f: '000000',
    p: 'AM',
    z: '',
    Z: '',
    w: String(weekday),
    u: String(weekday || 7),
    '%': '%',
    F: date,
    T: '00:00:00',
    R: '00:00',
    D: `${two(month)}/${two(day)}/${two(year % 100)}`,
    n: '\n',
    t: '\t',
    '-d': String(day),
    '-m': String(month),
    '-H': '0',
    '-I': '12',
    '-M': '0',
    '-S': '0',
  }
  return format.replace(/%(-?.)/gs, (_, directive: string) => {
    const part = parts[directive]
    if (part === undefined) throw new TemplateError(`strftime_now does not know the directive %${directive}`)
    return part
  })
}
