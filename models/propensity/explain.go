package propensity

import "fmt"

// Explanation splits the margin of every row into a base, equal for all, and a
// share for each feature: Margins[i] = Base + Σ Shares[k][i].
type Explanation struct {
	Names   []string    // of the features
	Base    float64     // mean margin of the training rows
	Shares  [][]float64 // one slice a feature, one element a row
	Margins []float64   // log-odds, or the prediction for SquaredLoss
}

// Explain gives the exact Shapley values of the trees (Lundberg et al. 2018 and
// 2020, the path-dependent TreeSHAP): the expectation over a feature that is
// left out follows both branches in the proportion of the training rows.
//
// The values of a leaf depend on the row only through which of the features on
// its path agree with the path, and those of a tree through the side taken at
// each split. So they are computed once for each such pattern that occurs and
// then only looked up, which gives the same numbers in a fraction of the time.
func (t *Trees) Explain(x Table) (*Explanation, error) {
	x, err := x.pick(t.Features)
	if err != nil {
		return nil, err
	}
	n, width := x.Rows(), len(t.Features)
	e := &Explanation{Base: t.Base, Margins: make([]float64, n), Shares: make([][]float64, width), Names: make([]string, width)}
	for k := range t.Features {
		e.Names[k], e.Shares[k] = t.Features[k].Name, make([]float64, n)
	}
	games := make([]*game, len(t.Trees))
	for k := range games {
		if games[k], err = newGame(&t.Trees[k], t.Features); err != nil {
			return nil, fmt.Errorf("tree %d: %w", k, err)
		}
		e.Base += games[k].mean
	}
	coders := newCoders(t.Features)
	eachChunk(n, workersOr(0), func(_, from, to int) {
		codes, shares := newCodeBlock(width, block), make([]float64, block*width)
		memos := make([]memo, len(games))
		for k := range memos {
			memos[k] = newMemo(games[k])
		}
		for a := from; a < to; a += block {
			b := min(to, a+block)
			codes.fill(x, coders, a, b)
			clear(shares)
			for k := range memos {
				memos[k].add(codes, shares, width)
			}
			for i := a; i < b; i++ {
				e.Margins[i] = e.Base
				for k := range width {
					v := shares[(i-a)*width+k]
					e.Shares[k][i] = v
					e.Margins[i] += v
				}
			}
		}
	})
	return e, nil
}

// game is a tree prepared for Shapley values.
type game struct {
	split  []int // features of the inner nodes
	right  [][256]uint8
	used   []int // distinct features of the tree, ascending
	leaves []payoff
	mean   float64
}

// payoff is a leaf seen as a game of the features on its path.
type payoff struct {
	value   float64
	players []int     // places in game.used
	absent  []float64 // share of training rows that stay on the path, by player
	steps   []step
}

// step is one split on the path to a leaf.
type step struct {
	inner  int   // place in game.split
	right  uint8 // the side the path takes
	player int   // place in payoff.players
}

func newGame(t *Tree, features []Feature) (*game, error) {
	g := &game{}
	inner, player := map[int]int{}, map[int]int{}
	seen := make([]bool, len(features))
	for at, n := range t.Nodes {
		if n.Feature < 0 {
			continue
		}
		inner[at] = len(g.split)
		g.split = append(g.split, n.Feature)
		var right [256]uint8
		for c := range features[n.Feature].codes() {
			if !n.goesLeft(&features[n.Feature], c) {
				right[c] = 1
			}
		}
		g.right = append(g.right, right)
		seen[n.Feature] = true
	}
	for f, s := range seen {
		if s {
			player[f] = len(g.used)
			g.used = append(g.used, f)
		}
	}
	var down func(at int, p payoff) error
	down = func(at int, p payoff) error {
		n := &t.Nodes[at]
		if n.Feature < 0 {
			p.value = n.Value
			g.leaves = append(g.leaves, p)
			share := 1.0
			for _, a := range p.absent {
				share *= a
			}
			g.mean += share * n.Value
			return nil
		}
		if !(n.Cover > 0) {
			return fmt.Errorf("%w: node %d has the cover %v; shares need the training rows of each node", ErrValue, at, n.Cover)
		}
		for right, child := range []int{n.Left, n.Right} {
			if err := down(child, p.with(player[n.Feature], inner[at], uint8(right), t.Nodes[child].Cover/n.Cover)); err != nil {
				return err
			}
		}
		return nil
	}
	return g, down(0, payoff{})
}

// with is the path one split further.
func (p payoff) with(player, inner int, right uint8, share float64) payoff {
	q := payoff{players: append([]int(nil), p.players...), absent: append([]float64(nil), p.absent...), steps: append([]step(nil), p.steps...)}
	at := -1
	for k, f := range q.players {
		if f == player {
			at = k
		}
	}
	if at < 0 {
		at = len(q.players)
		q.players, q.absent = append(q.players, player), append(q.absent, 1)
	}
	q.absent[at] *= share
	q.steps = append(q.steps, step{inner: inner, right: right, player: at})
	return q
}

// shapley adds the values of the leaf's game to out, where agrees tells which
// players are on the path's side. With o(j) = 1 for those and 0 for others and
// z(j) the share that stays, the value of player i is
// v·(o(i)−z(i))·Σₛ s!(k−s−1)!/k!·c(s), c being the coefficients of
// Π_{j≠i} (z(j) + o(j)·t).
func (p *payoff) shapley(agrees uint32, out []float64) {
	k := len(p.players)
	for i := range k {
		var c [maxDepth + 1]float64
		c[0] = 1
		size := 0
		for j, z := range p.absent {
			if j == i {
				continue
			}
			o := float64(agrees >> j & 1)
			size++
			for s := size; s > 0; s-- {
				c[s] = c[s]*z + c[s-1]*o
			}
			c[0] *= z
		}
		weight, total := 1/float64(k), 0.0 // s!(k−s−1)!/k! from s = 0
		for s := range k {
			total += weight * c[s]
			if s+1 < k {
				weight *= float64(s+1) / float64(k-s-1)
			}
		}
		out[p.players[i]] += p.value * (float64(agrees>>i&1) - p.absent[i]) * total
	}
}

// memoSplits is how many splits a tree may have for its patterns to be kept.
const memoSplits = 12

// memo keeps the values of the patterns met so far.
type memo struct {
	*game
	values []float64 // by pattern, one a used feature
	known  []bool
	sides  []uint8
}

func newMemo(g *game) memo {
	m := memo{game: g, sides: make([]uint8, len(g.split))}
	patterns := 1
	if len(g.split) <= memoSplits {
		patterns <<= len(g.split)
	}
	m.values, m.known = make([]float64, patterns*len(g.used)), make([]bool, patterns)
	return m
}

// add adds the tree's values for the block's rows to their shares.
func (m *memo) add(b *codeBlock, shares []float64, width int) {
	few := len(m.split) <= memoSplits
	for i := range b.rows {
		pattern := 0
		if few {
			for k, f := range m.split {
				pattern |= int(m.right[k][b.columns[f][i]]) << k
			}
		}
		values := m.values[pattern*len(m.used):][:len(m.used)]
		if !few || !m.known[pattern] {
			m.known[pattern] = true
			m.solve(b, i, values)
		}
		to := shares[i*width : (i+1)*width]
		for k, f := range m.used {
			to[f] += values[k]
		}
	}
}

// solve computes the values of a row's pattern.
func (m *memo) solve(b *codeBlock, row int, values []float64) {
	clear(values)
	for k, f := range m.split {
		m.sides[k] = m.right[k][b.columns[f][row]]
	}
	for k := range m.leaves {
		leaf := &m.leaves[k]
		agrees := uint32(1)<<len(leaf.players) - 1
		for _, s := range leaf.steps {
			if m.sides[s.inner] != s.right {
				agrees &^= 1 << s.player
			}
		}
		leaf.shapley(agrees, values)
	}
}
