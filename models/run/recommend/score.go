package recommend

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"verso/models/offer"
	"verso/models/recommend"
	"verso/models/recommend/dense"
)

// Kinds of reasons; every one states what the data of customer and title say, and
// is given only by the model that it comes from.
const (
	noReason       = iota
	reasonSeries   // next volume; key is the title held
	reasonBought   // bought together; key is the own title
	reasonClass    // n of the titles that the customer took and kept in twelve months are in the class, share of them
	reasonClassAll // the same of all titles ever kept
	reasonAuthor   // n titles of the author
	reasonPublish  // n titles of the publisher
	reasonPopular  // n customers in twelve months
	reasonPeers    // n customers have it and share a title with this one
	reasonInterest // declared interest; text is its code
	reasonType     // n customers of the type in twelve months
	reasonIssue    // stands in the current issue
)

// reason is one reason of one line.
type reason struct {
	kind    int
	key     int64 // of a title
	n       int
	percent float64
	text    string
}

// entry is one line of a list with its reasons.
type entry struct {
	offer.Offer
	reasons [2]reason
}

// pool is how many candidates a customer has before the rules, for each place of
// the list.
const pool = 4

// ranker ranks the existing stock for customers.
type ranker struct {
	c     *catalogue
	f     *fitted
	set   *offer.Set
	fresh []bool // titles of the current issues
	ties  []int32
	next  map[[2]int32][]int32 // series and volume → titles
}

// bench is the space of one worker.
type bench struct {
	scores [][]float32
	total  []float32
	scale  []float32

	peer    []int32 // customer → 1 + the customer whom he last shared a title with
	peersOf int     // 1 + the customer whose peers are marked; 0 for none
}

func (r *ranker) bench() *bench {
	b := &bench{total: make([]float32, len(r.c.titles)), scale: make([]float32, len(r.f.blend.Models))}
	for range r.f.blend.Models {
		b.scores = append(b.scores, make([]float32, len(r.c.titles)))
	}
	return b
}

// load scores all titles for a customer as the blend does, keeping the parts.
func (b *bench) load(f *fitted, h recommend.History) {
	clear(b.total)
	for k, m := range f.blend.Models {
		m.Scores(h, b.scores[k])
		b.scale[k] = 0
		if s := math.Sqrt(float64(dense.Dot(b.scores[k], b.scores[k])) / float64(max(1, len(b.total)))); s > 0 {
			b.scale[k] = float32(f.blend.Weights[k] / s)
			dense.Axpy(b.scale[k], b.scores[k], b.total)
		}
	}
}

// ranked are the candidates of a customer with a history.
type ranked struct {
	list  []offer.Candidate
	parts []float32 // what each model adds to the score of each, candidate by candidate
	owned int       // titles left out because he has them
}

// candidates are the best titles of a customer with a history, next volumes
// among them.
func (r *ranker) candidates(u int, b *bench, n int) ranked {
	var list []offer.Candidate
	owned := 0
	b.load(r.f, r.f.x.History(u))
	wanted := r.continued(u)
	total := b.total
	value := make([]float32, len(wanted))
	for k, i := range wanted {
		value[k] = total[i]
	}
	for i := range total {
		if r.fresh[i] || !r.set.Offered(int32(i)) {
			total[i] = float32(math.Inf(-1))
		}
	}
	for _, i := range r.c.owned[u] {
		if total[i] > float32(math.Inf(-1)) {
			total[i] = float32(math.Inf(-1))
			owned++
		}
	}
	for k, i := range wanted {
		if !r.fresh[i] {
			list = append(list, offer.Candidate{Title: i, Score: float64(value[k]), Next: true})
		}
		total[i] = float32(math.Inf(-1))
	}
	for _, s := range recommend.Top(total, n, r.ties) {
		list = append(list, offer.Candidate{Title: s.Item, Score: float64(s.Score)})
	}
	slices.SortStableFunc(list, byScore)
	parts := make([]float32, 0, len(list)*len(b.scores))
	for _, c := range list {
		for m, s := range b.scores {
			parts = append(parts, b.scale[m]*s[c.Title])
		}
	}
	return ranked{list, parts, owned}
}

func byScore(a, b offer.Candidate) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Title, b.Title))
}

// continued are the next volumes that a customer may want: the volume before was
// bought within a year, or this one was listed within a year.
func (r *ranker) continued(u int) []int32 {
	var out []int32
	year := r.c.year[u]
	for _, i := range r.c.kept[u] {
		if r.c.series[i] < 0 {
			continue
		}
		_, lately := slices.BinarySearch(year, i)
		for _, n := range r.next[[2]int32{r.c.series[i], r.c.volume[i] + 1}] {
			if r.set.Offered(n) && !r.set.Owns(u, n) && r.c.listed[n] <= r.c.day && (lately || r.c.listed[n] > r.c.day-365) {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// explain gives the lines that were chosen their reasons, by the parts of the
// models that ranked them.
func (r *ranker) explain(u int, b *bench, from ranked, list []entry) {
	h := r.f.x.History(u)
	at := make(map[int32]int, len(from.list))
	for k, c := range from.list {
		at[c.Title] = k * len(b.scores)
	}
	type part struct {
		model int
		value float32
	}
	for k := range list {
		e := &list[k]
		var found []reason
		if e.Next {
			found = append(found, r.c.seriesReason(u, e.Title))
		}
		parts := make([]part, len(b.scores))
		for m := range parts {
			parts[m] = part{m, from.parts[at[e.Title]+m]}
		}
		slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.value, a.value) })
		for _, p := range parts {
			if len(found) >= 2 || p.value <= 0 {
				break
			}
			if q := r.say(u, b, h, p.model, e.Title); q.kind != noReason && !slices.ContainsFunc(found, func(o reason) bool { return o.kind == q.kind }) {
				found = append(found, q)
			}
		}
		copy(e.reasons[:], found)
	}
}

// say is the strongest reason of one model that can be stated.
func (r *ranker) say(u int, b *bench, h recommend.History, model int, title int32) reason {
	switch r.f.names[model] {
	case "knn", "ease":
		for _, x := range r.f.blend.Models[model].Explain(h, int(title)).Reasons {
			if _, kept := slices.BinarySearch(r.c.kept[u], x.Item); kept && x.Value > 0 && r.c.work[x.Item] != r.c.work[title] {
				return reason{kind: reasonBought, key: r.c.titles[x.Item]}
			}
		}
	case "content":
		for _, x := range r.f.blend.Models[model].Explain(h, int(title)).Reasons {
			if q := r.c.past[u].attribute(r.c, strings.SplitN(x.Part, "=", 2)[0], title); x.Value > 0 && q.kind != noReason {
				return q
			}
		}
	case "demand":
		if q := r.c.past[u].attribute(r.c, "class", title); q.kind != noReason {
			return q
		}
		return r.c.popular(title)
	case "recent":
		return r.c.popular(title)
	case "series":
		return r.c.seriesReason(u, title)
	case "als":
		if n := r.peers(u, b, title); n > 0 {
			return reason{kind: reasonPeers, n: n}
		}
	}
	return reason{}
}

// popular states how many took a title; nothing when nobody did.
func (c *catalogue) popular(title int32) reason {
	if n := int(c.buyers12[title]); n > 1 {
		return reason{kind: reasonPopular, n: n}
	}
	return reason{}
}

// seriesReason names the volume held before a title.
func (c *catalogue) seriesReason(u int, title int32) reason {
	if c.series[title] < 0 {
		return reason{}
	}
	for _, i := range c.kept[u] {
		if c.series[i] == c.series[title] && c.volume[i] == c.volume[title]-1 {
			return reason{kind: reasonSeries, key: c.titles[i], n: int(c.volume[title])}
		}
	}
	return reason{}
}

// tally counts the titles that a customer kept by class, author and publisher: of
// all his titles, whether the models know them or not, since he is told so.
type tally struct {
	class, classAll   map[int32]int
	author, publisher map[int32]int
	year, all         int
}

func (t *tally) add(b *bought, at int, lately bool) {
	if t.classAll == nil {
		*t = tally{class: map[int32]int{}, classAll: map[int32]int{}, author: map[int32]int{}, publisher: map[int32]int{}}
	}
	t.all++
	if lately {
		t.year++
	}
	if !b.unclassified[at] {
		t.classAll[b.class[at]]++
		if lately {
			t.class[b.class[at]]++
		}
	}
	if a := b.author[at]; a >= 0 {
		t.author[a]++
	}
	if p := b.publisher[at]; p > 0 {
		t.publisher[p]++
	}
}

// attribute states what a customer has of a title's attribute; nothing when he
// has none, or less than one in a hundred of a class.
func (t *tally) attribute(c *catalogue, kind string, title int32) reason {
	class := kind == "class" && !c.unclassified[title]
	switch n, ever := t.class[c.class[title]], t.classAll[c.class[title]]; {
	case class && n > 0 && 100*n >= t.year:
		return reason{kind: reasonClass, key: c.titles[title], n: n, percent: float64(100*n) / float64(t.year)}
	case class && ever > 0 && 100*ever >= t.all:
		return reason{kind: reasonClassAll, key: c.titles[title], n: ever, percent: float64(100*ever) / float64(t.all)}
	case kind == "author" && t.author[c.author[title]] > 0:
		return reason{kind: reasonAuthor, key: c.titles[title], n: t.author[c.author[title]]}
	case kind == "publisher" && t.publisher[c.publisher[title]] > 1:
		return reason{kind: reasonPublish, key: c.titles[title], n: t.publisher[c.publisher[title]]}
	}
	return reason{}
}

// peers is how many customers kept a title and share one with a customer.
func (r *ranker) peers(u int, b *bench, title int32) int {
	x := r.f.x
	if b.peersOf != u+1 { // those who share a title are marked once
		b.peersOf = u + 1
		if b.peer == nil {
			b.peer = make([]int32, x.Users)
		}
		for _, i := range r.c.kept[u] {
			users, _ := x.Column(int(i))
			for _, v := range users {
				b.peer[v] = int32(u + 1)
			}
		}
	}
	n := 0
	buyers, _ := x.Column(int(title))
	for _, v := range buyers {
		if int(v) != u && b.peer[v] == int32(u+1) {
			n++
		}
	}
	return n
}
