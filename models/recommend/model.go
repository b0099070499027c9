package recommend

import (
	"cmp"
	"math"
	"slices"

	"verso/models/recommend/dense"
)

// Model ranks items for a history. Its methods may be called from several
// goroutines.
type Model interface {
	// Name is the kind of model in one word, such as "knn".
	Name() string
	// Scores sets scores, one element an item: higher is better, 0 without any
	// evidence. It must not keep the slices.
	Scores(h History, scores []float32)
	// Explain splits the score of one item into reasons that add up to it.
	Explain(h History, item int) Explanation
}

// Explanation is why an item has its score. The values of the reasons add up to
// Score, but for rounding.
type Explanation struct {
	Score   float64
	Reasons []Reason // by absolute value, largest first
}

// Reason is one part of a score.
type Reason struct {
	Part  string  // what speaks: the name of the model or attribute
	Item  int32   // the customer's own title that it comes from; −1 for none
	Value float64 // in units of the score
}

// sorted puts the largest reasons first and adds them up.
func explained(reasons []Reason) Explanation {
	slices.SortFunc(reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Part, b.Part))
	})
	e := Explanation{Reasons: reasons}
	for _, r := range reasons {
		e.Score += r.Value
	}
	return e
}

// Scored is an item of a ranking.
type Scored struct {
	Item  int32
	Score float32
}

// List says what a ranking holds.
type List struct {
	N       int                    // items, at most; 0 means 20
	Repeats bool                   // keep titles the customer has; false means they are left out
	Allowed func(u, item int) bool // business rules, called for candidates only; nil allows all
	Ties    []int32                // place of each item among equal scores, lowest first; nil means item order
}

func (l List) size() int { return cmp.Or(l.N, 20) }

// Top is the n best items by score, then by ties, then by number; items whose
// score is −Inf or NaN are left out.
func Top(scores []float32, n int, ties []int32) []Scored {
	return top(scores, n, ties, nil)
}

// top also leaves out what allowed refuses.
func top(scores []float32, n int, ties []int32, allowed func(item int) bool) []Scored {
	best := make([]Scored, 0, min(n, len(scores))+1)
	if n <= 0 {
		return best
	}
	before := func(a, b Scored) bool {
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		if ties != nil && ties[a.Item] != ties[b.Item] {
			return ties[a.Item] < ties[b.Item]
		}
		return a.Item < b.Item
	}
	const smallest = -math.MaxFloat32
	least := float32(smallest)
	for i := dense.Above(scores, 0, least); i < len(scores); i = dense.Above(scores, i+1, least) {
		s := scores[i]
		c := Scored{Item: int32(i), Score: s}
		if len(best) == n && !before(c, best[n-1]) {
			continue
		}
		if allowed != nil && !allowed(i) {
			continue
		}
		if len(best) < n {
			best = append(best, c)
		}
		k := len(best) - 1
		for ; k > 0 && before(c, best[k-1]); k-- {
			best[k] = best[k-1]
		}
		best[k] = c
		if len(best) == n {
			least = best[n-1].Score
		}
	}
	return best
}

// batchScorer is a model that scores several histories at once faster than one by
// one, to the same bytes whatever the others are.
type batchScorer interface {
	ScoresOf(histories []History, scores [][]float32)
}

func scoresOf(m Model, histories []History, scores [][]float32) {
	if b, ok := m.(batchScorer); ok {
		b.ScoresOf(histories, scores)
		return
	}
	for k, h := range histories {
		m.Scores(h, scores[k])
	}
}

// Recommend ranks for each of the users of x. A user without a history gets what
// the model says of an empty one; a customer who has everything gets nothing.
func Recommend(m Model, x *Matrix, users []int, l List) [][]Scored {
	lists := make([][]Scored, len(users))
	eachScores(m, x, users, func(k int, scores []float32) {
		lists[k] = l.rank(x, users[k], scores)
	})
	return lists
}

// batch is working space for the scores of a few histories.
type batch struct {
	histories []History
	scores    [][]float32 // rows × items
}

// together is how many histories are scored at once: of a large catalogue more, since
// its factors are read from memory once for all of them.
func together(items int) int {
	if items < 100_000 {
		return dense.Rows
	}
	return 4 * dense.Rows
}

func newBatch(items, rows int) *batch {
	b := &batch{scores: make([][]float32, rows)}
	all := make([]float32, rows*items)
	for k := range b.scores {
		b.scores[k] = all[k*items : (k+1)*items : (k+1)*items]
	}
	return b
}

// eachScores calls use with the scores of each user, in any order and from
// several goroutines; use may change the scores.
func eachScores(m Model, x *Matrix, users []int, use func(k int, scores []float32)) {
	work := make([]*batch, dense.Workers())
	rows := together(x.Items)
	dense.Each((len(users)+rows-1)/rows, func(worker, part int) {
		if work[worker] == nil {
			work[worker] = newBatch(x.Items, rows)
		}
		w := work[worker]
		from := part * rows
		few := users[from:min(from+rows, len(users))]
		w.histories = w.histories[:0]
		for _, u := range few {
			w.histories = append(w.histories, x.History(u))
		}
		scoresOf(m, w.histories, w.scores[:len(few)])
		for k := range few {
			use(from+k, w.scores[k])
		}
	})
}

// rank is the list of one customer; the scores of what is left out change.
func (l List) rank(x *Matrix, u int, scores []float32) []Scored {
	if !l.Repeats {
		for _, i := range x.History(u).Item {
			scores[i] = float32(math.Inf(-1))
		}
	}
	var allowed func(int) bool
	if l.Allowed != nil {
		allowed = func(item int) bool { return l.Allowed(u, item) }
	}
	return top(scores, l.size(), l.Ties, allowed)
}

// Ties is the place of each item by the customers who have it, most first: the
// order of titles that a model has no opinion on.
func Ties(x *Matrix) []int32 {
	order := make([]int32, x.Items)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return x.Count(int(b)) - x.Count(int(a)) })
	place := make([]int32, x.Items)
	for k, i := range order {
		place[i] = int32(k)
	}
	return place
}
