package gate

import (
	"fmt"
	"testing"
	"time"
)

// A flood of guesses from ever new addresses, each so often that it is held up,
// takes no more memory than there is for them; who guessed most stays held up.
func TestGuessesBounded(t *testing.T) {
	g, now := newGuesses(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 40 {
		g.failed(now, "a user", "an address", "worst")
	}
	for i := range maxKept * 3 / 2 {
		key := fmt.Sprint(i)
		for range freePair {
			g.failed(now, "user"+key, "address"+key, key)
		}
	}
	if len(g.kept) > maxKept+3 {
		t.Errorf("%d guesses are kept, the most is %d", len(g.kept), maxKept)
	}
	if g.wait(now, "worst") == 0 {
		t.Error("who guessed most is not held up any more")
	}
}
