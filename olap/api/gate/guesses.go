package gate

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"time"

	"verso/olap/access/users"
)

// How many wrong guesses are free, and how long the wait is after the next; it
// doubles with each more. A user at one address is held up first; everybody at an
// address, and a user wherever they are, after more.
const (
	freePair   = 5
	freeOther  = 30
	firstWait  = 15 * time.Second
	longWait   = 15 * time.Minute
	forgetTime = time.Hour // after the last wrong guess
	maxKept    = 20_000
)

// guesses counts wrong passwords and tokens by user and address.
type guesses struct {
	mu   sync.Mutex
	kept map[string]*guess
}

type guess struct {
	wrong int
	last  time.Time
	until time.Time // no guess before
}

func newGuesses() *guesses { return &guesses{kept: map[string]*guess{}} }

// wait is how long the keys have to wait, 0 for not at all.
func (g *guesses) wait(now time.Time, keys ...string) (longest time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range keys {
		if k := g.kept[key]; k != nil {
			longest = max(longest, k.until.Sub(now))
		}
	}
	return longest
}

// failed counts a wrong guess. The last of three keys is a user at an address.
func (g *guesses) failed(now time.Time, keys ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	for i, key := range keys {
		k := g.kept[key]
		if k == nil || now.Sub(k.last) > forgetTime {
			k = &guess{}
			g.kept[key] = k
		}
		k.wrong++
		k.last = now
		free := freeOther
		if i == 2 {
			free = freePair
		}
		if over := k.wrong - free; over >= 0 {
			wait := longWait
			if over < 10 {
				wait = min(longWait, firstWait<<over)
			}
			k.until = now.Add(wait)
		}
	}
}

// forget is called when the right password came.
func (g *guesses) forget(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.kept, key)
}

// sweep keeps the map bounded: what is old goes first, then what is held up least.
// The caller holds g.mu.
func (g *guesses) sweep(now time.Time) {
	if len(g.kept) < maxKept {
		return
	}
	for key, k := range g.kept {
		if now.Sub(k.last) > forgetTime {
			delete(g.kept, key)
		}
	}
	for key, k := range g.kept {
		if len(g.kept) < maxKept*3/4 {
			return
		}
		if !k.until.After(now) {
			delete(g.kept, key)
		}
	}
	// All are held up, which took five guesses of each: those may try again that
	// wait least.
	list := slices.SortedFunc(maps.Keys(g.kept), func(a, b string) int { return cmp.Or(g.kept[a].until.Compare(g.kept[b].until), cmp.Compare(a, b)) })
	for _, key := range list[:max(0, len(list)-maxKept*3/4)] {
		delete(g.kept, key)
	}
}

// proven remembers for some minutes which passwords were right, so that a program
// that sends one with every request does not pay for it every time. Passwords are
// kept as a keyed hash with a key of this process.
type proven struct {
	mu    sync.Mutex
	key   [32]byte
	until map[[32]byte]time.Time
}

const provenFor = 5 * time.Minute

func newProven() *proven {
	p := &proven{until: map[[32]byte]time.Time{}}
	_, _ = rand.Read(p.key[:]) // never fails
	return p
}

// digest binds a password to the user and to the hash it was tried against.
func (p *proven) digest(u *users.User, password string) (sum [32]byte) {
	h := hmac.New(sha256.New, p.key[:])
	for _, part := range []string{u.Name, u.Password, password} {
		s := sha256.Sum256([]byte(part))
		h.Write(s[:])
	}
	copy(sum[:], h.Sum(nil))
	return sum
}

func (p *proven) knows(u *users.User, password string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.until[p.digest(u, password)])
}

func (p *proven) add(u *users.User, password string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.until) > 1000 {
		clear(p.until)
	}
	p.until[p.digest(u, password)] = now.Add(provenFor)
}
