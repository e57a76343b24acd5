/** The sources as the page shows them: one name, one colour (styles/tokens.css) and one pattern each, everywhere. */
import { PIECE_SOURCES, type PieceSource } from '../../engine/index.ts';

export type SourceLook = 'solid' | 'diagonal' | 'horizontal' | 'vertical';

export const SOURCE_LOOKS: Readonly<Record<PieceSource, { readonly label: string; readonly variable: string; readonly look: SourceLook }>> = {
  cdn: { label: 'CDN', variable: '--source-cdn', look: 'solid' },
  peer: { label: 'Viewers', variable: '--source-peer', look: 'diagonal' },
  seeder: { label: 'Appliance seeders', variable: '--source-seeder', look: 'horizontal' },
  stored: { label: 'Kept from before', variable: '--source-stored', look: 'vertical' },
  none: { label: 'Not here yet', variable: '--source-none', look: 'solid' },
};

/** In the order of legends. */
export const SHOWN_SOURCES = ['cdn', 'peer', 'seeder', 'stored'] as const satisfies readonly PieceSource[];

/** The source of one piece, from the engine's index. */
export function sourceAt(pieceSources: Uint8Array, piece: number): PieceSource {
  return PIECE_SOURCES[pieceSources[piece] ?? 0] ?? 'none';
}
