package duplicate

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

// entry is a record under a key.
type entry struct {
	key uint64
	at  int32
}

// pairs are all that share a key, each once, in order.
func (l *list) pairs(stats *Stats) []pair {
	entries := make([]entry, 0, 8*len(l.records))
	for i := range l.records {
		l.keys(i, func(kind byte, parts ...string) {
			h := fnv.New64a()
			_, _ = h.Write([]byte{kind})
			for _, p := range parts {
				_, _ = h.Write([]byte(p))
				_, _ = h.Write([]byte{0})
			}
			entries = append(entries, entry{h.Sum64(), int32(i)})
		})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) })
	entries = slices.Compact(entries)
	var out []pair
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].key == entries[from].key {
			to++
		}
		out = l.block(out, entries[from:to], stats)
		from = to
	}
	for p := range l.shared {
		out = append(out, p)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// block pairs the records of one key: all with all, or, in a crowd, each with
// those nearest to it by what else they share.
func (l *list) block(out []pair, block []entry, stats *Stats) []pair {
	reach := len(block)
	if reach > crowd {
		stats.Crowded++
		reach = near
		slices.SortFunc(block, func(a, b entry) int {
			return cmp.Or(cmp.Compare(l.place(a.at), l.place(b.at)), cmp.Compare(a.at, b.at))
		})
	}
	for i := range block {
		for k := i + 1; k < len(block) && k <= i+reach; k++ {
			out = append(out, pairOf(block[i].at, block[k].at))
		}
	}
	return out
}

// place orders a crowd: what is alike comes together.
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
