/** How the numbers of `selection` are to be read. */
import type { Heritable } from '../lineage/taxa.ts';

const conventions = {
  parts:
    'selection (`scheme` in JSON, where `selection` is all of Cov(w, z) / mean w): the chances that the scheme gave at every birth, less even chances; drift: who was drawn, less those chances, of mean 0 by construction, and its sd from the same chances; viability: children that failed, did not join or had the chromosome replaced whole; turnover: even chances less deaths',
  newLines:
    'new lines: the living without a parent among the living of the census before, whose line began since (begun) or whose ancestor had died with its child unborn (orphaned)',
  gradients:
    'Lande and Arnold 1983: relative number of descendants on traits in standard deviations (n - 1); gamma is twice the quadratic coefficient; means over intervals, whose errors describe this run only',
  inference:
    'One run describes itself: its intervals share ancestors. Compare runs before you claim an effect',
  test: 'of the summed differential by permutation within censuses',
} as const;

const price = (lines: string, counted: string) =>
  `Price equation between censuses along ${lines}, population moments: change = selection + drift + viability + turnover + transmission + new lines; w counts ${counted} at the next census`;

const ofChromosomes = {
  price: price('the donor path', 'living descendants'),
  ...conventions,
  effectiveSize:
    'joined births per birth times mean age of donors over the variance of offspring number (Hill 1979)',
  ages: 'age of the last common ancestor of the living along the donors, in births, at every birth once there has been one',
} as const;

const ofGenomes = {
  price: price('the donors of both chromosomes', 'shares of the living'),
  shares:
    'a birth has half its ancestry from the donor of its architecture and half from that of its rule; a share is the sum over lines of descent of the products of halves, so that w, begun and orphaned need not be whole; a chromosome that is replaced whole begins a line for its half',
  ...conventions,
  reassortment:
    'transmission by reassortment: the chromosome that carries the trait came from the other parent than the half that is followed',
  descent:
    'effective size, fixation, common ancestors and sweeps are of one chromosome: a genome has many lines of descent and no one last common ancestor; --of architecture and --of rule tell them',
} as const;

/** Of a chromosome, or of genomes, which have shares in place of one line of descent. */
export const selectionConventions = (of: Heritable) => (of === 'genome' ? ofGenomes : ofChromosomes);
