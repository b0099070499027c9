// Package duplicate finds customers that are recorded twice. Every pair it
// proposes has a score and its reasons; it merges nothing. What a person has
// confirmed stands in a file of the user's own, merges.yaml.
//
// The score follows Fellegi and Sunter (A Theory for Record Linkage, 1969): each
// agreement or disagreement adds or takes bits of evidence, a common name fewer
// than a rare one, and the sum becomes a probability. Only records that share a
// key (name, telephone, tax number …) are compared, and large groups only with
// their neighbours, so the work grows with the number of customers.
package duplicate

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Customer is one record; "" is unknown everywhere.
type Customer struct {
	ID, No, Name, NameEN, Type         string
	Region, Address, Postcode          string
	Phones, Emails                     []string // of the record and its contacts
	VAT, Created, FirstContact, Parent string   // dates as YYYY-MM-DD
	MergedInto                         string   // known already: no candidate
}

// Shared are orders that one customer gave under the contact person of another.
type Shared struct{ A, B string }

// Options say what is a candidate.
type Options struct {
	Minimum float64 // least score; 0 is 0.5
	Workers int     // 0: one per core; the result is the same with any
}

// Candidate is a pair that may be one customer.
type Candidate struct {
	Cluster  int      `json:"cluster"`      // from 1; candidates that hang together share it
	Keep     string   `json:"customer_id"`  // the older record
	Drop     string   `json:"duplicate_id"` // what would be merged into it
	KeepName string   `json:"customer_name"`
	DropName string   `json:"duplicate_name"`
	Person   bool     `json:"person"` // both are individuals
	Score    float64  `json:"score"`  // probability, three decimals
	Grade    string   `json:"grade"`  // Likely or Possible
	Reasons  []Reason `json:"reasons"`
}

// The grades of a candidate. Likely is what the goal of precision is held for;
// possible are records of one name that something speaks against, such as other
// telephones and another day of first contact: often one customer entered by two
// colleagues, sometimes two customers of one name. A person decides.
const (
	Likely   = "likely"
	Possible = "possible"
)

// likely is the least score of grade Likely.
const likely = 0.9

// Stats tell what was compared.
type Stats struct {
	Customers int
	Compared  int // pairs
	Crowded   int // keys that so many share that only neighbours were compared
}

// crowd is how many records may share a key before only neighbours are compared,
// and near how many neighbours then.
const (
	crowd = 40
	near  = 8
)

// Find proposes pairs, best first within a cluster, clusters in the order of
// their best pair. The order of customers means nothing. Records with the same
// id count once.
func Find(ctx context.Context, customers []Customer, shared []Shared, o Options) ([]Candidate, Stats, error) {
	if o.Minimum == 0 {
		o.Minimum = 0.5
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	customers = slices.Clone(customers)
	slices.SortStableFunc(customers, func(a, b Customer) int { return compareID(a.ID, b.ID) })
	customers = slices.CompactFunc(customers, func(a, b Customer) bool { return a.ID == b.ID })
	l := newList(customers, shared, o.Workers)
	stats := Stats{Customers: len(customers)}
	pairs := l.pairs(&stats, o.Workers)
	stats.Compared = len(pairs)
	scored := make([]Candidate, len(pairs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.Workers)
	const part = 4096
	for from := 0; from < len(pairs); from += part {
		g.Go(func() error {
			for i := from; i < min(from+part, len(pairs)); i++ {
				scored[i] = l.judge(pairs[i].split())
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, stats, err
	}
	var out []Candidate
	for _, c := range scored {
		if c.Score >= o.Minimum {
			c.Grade = Possible
			if c.Score >= likely {
				c.Grade = Likely
			}
			out = append(out, c)
		}
	}
	cluster(out)
	return out, stats, nil
}

// compareID orders numbers as numbers and before texts.
func compareID(a, b string) int {
	if c := cmp.Compare(len(a), len(b)); c != 0 && number(a) && number(b) {
		return c
	}
	if number(a) != number(b) {
		if number(a) {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// pair is two indices in one number, the smaller first.
type pair uint64

func pairOf(a, b int32) pair {
	if a > b {
		a, b = b, a
	}
	return pair(uint64(uint32(a))<<32 | uint64(uint32(b)))
}

func (p pair) split() (a, b int32) { return int32(p >> 32), int32(uint32(p)) }

// cluster numbers the groups that hang together and sorts the pairs.
func cluster(all []Candidate) {
	parent := map[string]string{}
	root := func(id string) string {
		for parent[id] != "" && parent[id] != id {
			if above := parent[parent[id]]; above != "" {
				parent[id] = above
			}
			id = parent[id]
		}
		return id
	}
	for _, c := range all {
		a, b := root(c.Keep), root(c.Drop)
		if compareID(a, b) > 0 {
			a, b = b, a
		}
		parent[b], parent[a] = a, a
	}
	slices.SortFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), compareID(a.Keep, b.Keep), compareID(a.Drop, b.Drop))
	})
	no := map[string]int{}
	for i := range all {
		r := root(all[i].Keep)
		if no[r] == 0 {
			no[r] = len(no) + 1
		}
		all[i].Cluster = no[r]
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return cmp.Compare(a.Cluster, b.Cluster) })
}

// probability of bits of evidence, in three decimals.
func probability(bits float64) float64 {
	return math.Round(1000/(1+math.Exp2(-bits))) / 1000
}
