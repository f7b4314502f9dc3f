'use client'
import { EllipsisVertical } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Menu, MenuItem } from '#components/ui/menu.tsx'

type Props = { isHeld: boolean; mayWithdraw: boolean; onSkip: () => void; onGiveBack: () => void; onWithdraw: () => void }

/** Ways out of a piece of work besides finishing it. */
export function WorkMenu({ isHeld, mayWithdraw, onSkip, onGiveBack, onWithdraw }: Props) {
  const t = useTranslations('write')
  return (
    <span className="flex items-center">
      <Button size="sm" variant="quiet" disabled={!isHeld} onClick={onSkip}>
        {t('skip')}
      </Button>
      <Menu trigger={<IconButton label={t('workMenu')} icon={<EllipsisVertical />} />} align="end">
        <MenuItem disabled={!isHeld} onSelect={onGiveBack}>
          {t('giveBack')}
        </MenuItem>
        {mayWithdraw && (
          <MenuItem danger onSelect={onWithdraw}>
            {t('withdraw')}
          </MenuItem>
        )}
      </Menu>
    </span>
  )
}
