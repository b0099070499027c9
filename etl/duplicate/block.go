package duplicate

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// entry is a record under a key.
type entry struct {
	key uint64
	at  int32
}

// shards are how many parts the keys fall into, each of which is blocked by itself.
const shards = 64

// pairs are all that share a key, each once, in order.
func (l *list) pairs(stats *Stats, workers int) []pair {
	parts := make([][shards][]entry, workers) // by worker, of the keys of its records
	side(workers, workers, func(w int) {
		for i := w; i < len(l.records); i += workers {
			l.keys(i, func(kind byte, texts ...string) {
				h := fnv.New64a()
				_, _ = h.Write([]byte{kind})
				for _, p := range texts {
					_, _ = h.Write([]byte(p))
					_, _ = h.Write([]byte{0})
				}
				key := h.Sum64()
				parts[w][key%shards] = append(parts[w][key%shards], entry{key, int32(i)})
			})
		}
	})
	found, crowded := make([][]pair, shards), make([]int, shards)
	side(workers, shards, func(shard int) {
		var entries []entry
		for w := range parts {
			entries = append(entries, parts[w][shard]...)
		}
		found[shard], crowded[shard] = l.shard(entries)
	})
	var out []pair
	for shard := range found {
		out = append(out, found[shard]...)
		stats.Crowded += crowded[shard]
	}
	for p := range l.shared {
		out = append(out, p)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// side does n things, some at a time.
func side(workers, n int, do func(i int)) {
	var g errgroup.Group
	g.SetLimit(workers)
	for i := range n {
		g.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = g.Wait() // none returns an error
}

// shard pairs the records of each key, and tells how many keys were crowded.
func (l *list) shard(entries []entry) (out []pair, crowded int) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
	entries = slices.Compact(entries)
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].key == entries[from].key {
			to++
		}
		if to-from > crowd {
			crowded++
		}
		out = l.block(out, entries[from:to])
		from = to
	}
	slices.Sort(out)
	return slices.Compact(out), crowded
}

// block pairs the records of one key: all with all, or, in a crowd, each with
// those nearest to it by what else they share.
func (l *list) block(out []pair, block []entry) []pair {
	reach := len(block)
	if reach > crowd {
		reach = near
		l.lineUp(block)
	}
	for i := range block {
		for k := i + 1; k < len(block) && k <= i+reach; k++ {
			out = append(out, pairOf(block[i].at, block[k].at))
		}
	}
	return out
}

// lineUp orders a crowd: what is alike comes together.
func (l *list) lineUp(block []entry) {
	type placed struct {
		place string
		entry entry
	}
	all := make([]placed, len(block))
	for i, e := range block {
		all[i] = placed{l.place(e.at), e}
	}
	slices.SortFunc(all, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.entry.at, b.entry.at))
	})
	for i := range all {
		block[i] = all[i].entry
	}
}

// place is what a crowd is ordered by.
func (l *list) place(at int32) string {
	r, c := &l.records[at], &l.customers[at]
	first := func(all []string) string {
		if len(all) > 0 {
			return all[0]
		}
		return "~"
	}
	return strings.Join([]string{r.name.key, r.region, c.FirstContact, r.vat, first(r.phones), first(r.mails), r.address}, "\x00")
}

// keys are what a record is found by.
func (l *list) keys(at int, add func(kind byte, parts ...string)) {
	r := &l.records[at]
	text := func(kind byte, s string) {
		if s != "" {
			add(kind, s)
		}
	}
	text('n', r.name.key)
	text('c', r.name.core)
	text('v', r.vat)
	text('o', r.no)
	if r.latin.key != "" {
		add('n', r.latin.key)
	}
	for _, p := range r.phones {
		text('p', p)
	}
	for _, m := range r.mails {
		text('m', m)
	}
	for _, d := range r.domains {
		add('d', d, r.region)
	}
	if r.address != "" {
		add('a', r.address, r.region)
	}
	if !r.person {
		l.nearKeys(r, add)
	}
}

// nearKeys find names that differ by a slip: the key without each of its first
// ten characters (Chinese), or the words without their vowels (Latin).
func (l *list) nearKeys(r *record, add func(kind byte, parts ...string)) {
	if !r.name.han {
		add('w', consonants(r.name.key), r.region)
		return
	}
	runes := []rune(r.name.key)
	if len(runes) < 6 {
		return
	}
	add('x', r.name.key, r.region)
	for i := range min(10, len(runes)-4) {
		add('x', string(runes[:i])+string(runes[i+1:]), r.region)
	}
}

// consonants is a Latin key without vowels, repeats and spaces.
func consonants(s string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range s {
		if strings.ContainsRune("aeiouyh ", r) || r == last {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}
