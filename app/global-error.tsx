'use client'
import './globals.css'
import { useEffect, useState } from 'react'

const TEXTS = {
  en: {
    title: 'This page could not be shown',
    body: 'The server or its database does not answer at the moment. Nothing you wrote is lost: drafts are kept on this device.',
    retry: 'Try again',
  },
  zh: { title: '页面暂时无法显示', body: '服务器或数据库暂时没有响应。你写的内容不会丢失：草稿保存在本设备上。', retry: '重试' },
} as const

/** Shown when not even the root layout can be rendered, so without the texts the layout would bring. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  const [texts, setTexts] = useState<(typeof TEXTS)[keyof typeof TEXTS]>(TEXTS.en)
  useEffect(() => setTexts(navigator.language.startsWith('zh') ? TEXTS.zh : TEXTS.en), [])
  // The database may come back by itself; so does the page.
  useEffect(() => {
    const timer = setInterval(
      () =>
        void fetch('/api/ready').then(
          (response) => response.ok && window.location.reload(),
          () => {},
        ),
      5000,
    )
    return () => clearInterval(timer)
  }, [])
  return (
    <html lang="en">
      <body>
        <main className="mx-auto flex min-h-dvh max-w-read flex-col items-start justify-center gap-2 px-6" role="alert">
          <h1 className="font-semibold text-lg">{texts.title}</h1>
          <p className="text-ink-2">{texts.body}</p>
          <button type="button" onClick={reset} className="mt-4 h-8 rounded-md bg-accent px-3 font-medium text-on-accent">
            {texts.retry}
          </button>
        </main>
      </body>
    </html>
  )
}
