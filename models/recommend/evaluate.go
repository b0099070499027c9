package recommend

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Held is the titles held out of each user's history, ascending.
type Held [][]int32

// NewHeld makes the held-out titles from rows, each pair once; returns do not
// count.
func NewHeld(r Rows, users, items int) (Held, error) {
	if err := r.valid(users, items); err != nil {
		return nil, err
	}
	h := make(Held, users)
	for k, u := range r.User {
		if r.Copies == nil || r.Copies[k] > 0 {
			h[u] = append(h[u], r.Item[k])
		}
	}
	for u := range h {
		slices.Sort(h[u])
		h[u] = slices.Compact(h[u])
	}
	return h, nil
}

// OverlapError says that titles held out for a test are also in the training
// rows: what is measured then is memory.
type OverlapError struct {
	Pairs, Of  int
	User, Item int // the first of them
}

// Error counts the pairs, names the first, and says why it matters.
func (e *OverlapError) Error() string {
	return fmt.Sprintf("%d of the %d held-out pairs are also in the training rows (the first: user %d, item %d): a test on them measures memory, not recommendation", e.Pairs, e.Of, e.User, e.Item)
}

// Disjoint checks that nothing held out is in x.
func (h Held) Disjoint(x *Matrix) error {
	e := &OverlapError{User: -1}
	for u, held := range h {
		e.Of += len(held)
		own := x.Row(u).Item
		for _, i := range held {
			if _, found := slices.BinarySearch(own, i); found {
				if e.Pairs++; e.User < 0 {
					e.User, e.Item = u, int(i)
				}
			}
		}
	}
	if e.Pairs > 0 {
		return e
	}
	return nil
}

// EvaluateOptions choose what an evaluation measures.
type EvaluateOptions struct {
	K          int         // length of the lists; 0 means 20
	Further    []int       // more lengths for recall and NDCG
	Attributes *Attributes // for calibration and diversity; nil leaves them out
	Type       []string    // customer type of each user; nil leaves the split by type out
	Allowed    func(u, item int) bool
}

// Evaluation is how well a model ranks what was held out, over the full
// catalogue but the titles a user already has. Means are over the users with
// held-out titles.
type Evaluation struct {
	Model       string        `json:"model"`
	K           int           `json:"k"`
	Users       int           `json:"users"`
	Recall      float64       `json:"recall"`    // hits / held out
	RecallSE    float64       `json:"recall_se"` // standard error over users
	NDCG        float64       `json:"ndcg"`      // ideal over min(k, held out)
	NDCGSE      float64       `json:"ndcg_se"`
	Precision   float64       `json:"precision"`   // hits / k
	MAP         float64       `json:"map"`         // average precision over min(k, held out)
	HitRate     float64       `json:"hit_rate"`    // users with a hit
	Coverage    float64       `json:"coverage"`    // share of the catalogue in any list
	Popularity  float64       `json:"popularity"`  // mean customers of a title shown
	Novelty     float64       `json:"novelty"`     // mean −log2 of the share of customers who have it
	Short       int           `json:"short_lists"` // users with fewer than k candidates
	Diversity   *float64      `json:"diversity,omitempty"`
	Calibration *float64      `json:"calibration,omitempty"`
	Further     []At          `json:"further,omitempty"`
	Segments    []SegmentPart `json:"segments,omitempty"`

	PerUser []Hits `json:"-"` // one element a user with held-out titles, in order of users
}

// At is recall and NDCG at another length of list.
type At struct {
	K      int     `json:"k"`
	Recall float64 `json:"recall"`
	NDCG   float64 `json:"ndcg"`
}

// SegmentPart is the figures of some of the users.
type SegmentPart struct {
	By     string  `json:"by"` // titles or type
	Value  string  `json:"value"`
	Users  int     `json:"users"`
	Recall float64 `json:"recall"`
	NDCG   float64 `json:"ndcg"`
	Hit    float64 `json:"hit_rate"`
}

// Hits are the figures of one user.
type Hits struct {
	User         int
	Recall, NDCG float64
	average      float64
	hits, shown  int
	further      []At
	novelty, pop float64
	diversity    float64
	divergence   float64
	calibrated   bool
}

// ErrNothingHeld is returned when no user of a test has titles held out.
var ErrNothingHeld = fmt.Errorf("recommend: no user has titles held out: there is nothing to evaluate on")

// Evaluate ranks the whole catalogue for every user with held-out titles.
// Overlap of training and test is an OverlapError. Users without a history are
// ranked too: what the model says of them counts.
func Evaluate(m Model, x *Matrix, held Held, o EvaluateOptions) (*Evaluation, error) {
	if err := held.Disjoint(x); err != nil {
		return nil, err
	}
	k := cmp.Or(o.K, 20)
	longest := k
	for _, n := range o.Further {
		longest = max(longest, n)
	}
	e := &Evaluation{Model: m.Name(), K: k}
	var users []int
	for u := range held {
		if len(held[u]) > 0 {
			users = append(users, u)
		}
	}
	if len(users) == 0 {
		return nil, ErrNothingHeld
	}
	list := List{N: longest, Ties: Ties(x), Allowed: o.Allowed}
	lists := make([][]Scored, len(users))
	e.PerUser = make([]Hits, len(users))
	eachScores(m, x, users, func(n int, scores []float32) {
		u := users[n]
		lists[n] = list.rank(x, u, scores)
		e.PerUser[n] = measure(x, u, lists[n], held[u], k, o)
	})
	e.summarise(x, lists, o)
	e.Segments = append(segments(e.PerUser, "titles", func(h Hits) (int, string) { return sizeBand(x.Size(h.User)) }), typeSegments(e.PerUser, o.Type)...)
	return e, nil
}

// measure is the figures of one list.
func measure(x *Matrix, u int, list []Scored, held []int32, k int, o EvaluateOptions) Hits {
	h := Hits{User: u, shown: min(k, len(list))}
	at := func(n int) (recall, ndcg, average float64, hits int) {
		var gain, ideal float64
		for p, s := range list[:min(n, len(list))] {
			if _, found := slices.BinarySearch(held, s.Item); found {
				hits++
				gain += 1 / math.Log2(float64(p)+2)
				average += float64(hits) / float64(p+1)
			}
		}
		for p := range min(n, len(held)) {
			ideal += 1 / math.Log2(float64(p)+2)
		}
		return float64(hits) / float64(len(held)), gain / ideal, average / float64(min(n, len(held))), hits
	}
	h.Recall, h.NDCG, h.average, h.hits = at(k)
	for _, n := range o.Further {
		recall, ndcg, _, _ := at(n)
		h.further = append(h.further, At{K: n, Recall: recall, NDCG: ndcg})
	}
	for _, s := range list[:h.shown] {
		n := float64(x.Count(int(s.Item)))
		h.pop += n
		h.novelty -= math.Log2((n + 1) / float64(x.Users+1))
	}
	if o.Attributes != nil {
		h.diversity = o.Attributes.diversity(list[:h.shown])
		h.divergence, h.calibrated = o.Attributes.divergence(x.Row(u).Item, list[:h.shown])
	}
	return h
}

// summarise turns the users' figures into means, in the order of users.
func (e *Evaluation) summarise(x *Matrix, lists [][]Scored, o EvaluateOptions) {
	n := float64(len(e.PerUser))
	e.Users = len(e.PerUser)
	e.Further = make([]At, len(o.Further))
	shown := make([]bool, x.Items)
	var total, calibrated, diversity, divergence float64
	for k, h := range e.PerUser {
		e.Recall += h.Recall / n
		e.NDCG += h.NDCG / n
		e.MAP += h.average / n
		e.Precision += float64(h.hits) / float64(e.K) / n
		if h.hits > 0 {
			e.HitRate += 1 / n
		}
		if h.shown < e.K {
			e.Short++
		}
		for p, a := range h.further {
			e.Further[p].K = a.K
			e.Further[p].Recall += a.Recall / n
			e.Further[p].NDCG += a.NDCG / n
		}
		for _, s := range lists[k][:h.shown] {
			shown[s.Item] = true
		}
		total += float64(h.shown)
		e.Popularity += h.pop
		e.Novelty += h.novelty
		diversity += h.diversity / n
		if h.calibrated {
			divergence += h.divergence
			calibrated++
		}
	}
	if total > 0 {
		e.Popularity /= total
		e.Novelty /= total
	}
	for _, s := range shown {
		if s {
			e.Coverage += 1 / float64(x.Items)
		}
	}
	for _, h := range e.PerUser {
		e.RecallSE += (h.Recall - e.Recall) * (h.Recall - e.Recall)
		e.NDCGSE += (h.NDCG - e.NDCG) * (h.NDCG - e.NDCG)
	}
	e.RecallSE, e.NDCGSE = math.Sqrt(e.RecallSE)/n, math.Sqrt(e.NDCGSE)/n
	if o.Attributes != nil {
		e.Diversity = &diversity
		if calibrated > 0 {
			divergence /= calibrated
			e.Calibration = &divergence
		}
	}
}

// sizeBands are the bands of titles a customer has, ascending.
func sizeBands() []struct {
	below int
	name  string
} {
	return []struct {
		below int
		name  string
	}{{1, "0"}, {5, "1-4"}, {10, "5-9"}, {20, "10-19"}, {50, "20-49"}, {200, "50-199"}, {math.MaxInt, "200+"}}
}

// sizeBand is the place and the name of the band of n titles.
func sizeBand(n int) (place int, name string) {
	for k, b := range sizeBands() {
		if n < b.below {
			return k, b.name
		}
	}
	return 0, ""
}

func typeSegments(users []Hits, kinds []string) []SegmentPart {
	if kinds == nil {
		return nil
	}
	return segments(users, "type", func(h Hits) (int, string) { return 0, kinds[h.User] })
}

// segments are the means by a label, in order of its place, then its text.
func segments(users []Hits, by string, label func(Hits) (place int, text string)) []SegmentPart {
	type part struct {
		SegmentPart
		place int
	}
	at := map[string]int{}
	var parts []part
	for _, h := range users {
		place, value := label(h)
		k, known := at[value]
		if !known {
			k = len(parts)
			at[value] = k
			parts = append(parts, part{SegmentPart{By: by, Value: value}, place})
		}
		p := &parts[k]
		p.Users++
		p.Recall += h.Recall
		p.NDCG += h.NDCG
		if h.hits > 0 {
			p.Hit++
		}
	}
	slices.SortFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.Value, b.Value))
	})
	list := make([]SegmentPart, len(parts))
	for k, p := range parts {
		n := float64(p.Users)
		p.Recall, p.NDCG, p.Hit = p.Recall/n, p.NDCG/n, p.Hit/n
		list[k] = p.SegmentPart
	}
	return list
}
