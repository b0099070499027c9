package cache_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"verso/olap/cache"
)

func length(s string) int64 { return int64(len(s)) }

func of(value string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return value, nil }
}

func TestComputedOnceAndKept(t *testing.T) {
	c := cache.New(1<<20, length)
	var computed atomic.Int64
	release := make(chan struct{})
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			v, err := c.Get(t.Context(), "q", func(context.Context) (string, error) {
				computed.Add(1)
				<-release
				return "answer", nil
			})
			if v != "answer" || err != nil {
				t.Error(v, err)
			}
		})
	}
	for c.Stats().Shared < 15 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	if v, err := c.Get(t.Context(), "q", of("another")); v != "answer" || err != nil {
		t.Error(v, err)
	}
	if s := c.Stats(); computed.Load() != 1 || s.Misses != 1 || s.Shared != 15 || s.Hits != 1 || s.Entries != 1 {
		t.Errorf("computed %d times, %+v", computed.Load(), s)
	}
}

// Memory stays bounded, the recently used stay, and what is too large for the
// cache is answered but not kept.
func TestBounded(t *testing.T) {
	c := cache.New(1000, length)
	get := func(key, value string) {
		if v, err := c.Get(t.Context(), key, of(value)); v != value || err != nil {
			t.Fatal(key, v, err)
		}
	}
	text := func(n int) string { return fmt.Sprintf("%0*d", n, 0) }
	get("kept", text(96))
	for i := range 50 {
		get(fmt.Sprintf("%04d", i), text(96))
		get("kept", text(96))
		if s := c.Stats(); s.Bytes > s.Limit {
			t.Fatalf("%+v", s)
		}
	}
	before := c.Stats()
	get("large", text(500))
	after := c.Stats()
	if before.Entries != 10 || after.Entries != before.Entries || after.Hits != before.Hits || before.Hits != 50 {
		t.Errorf("%+v then %+v", before, after)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	c := cache.New(1000, length)
	wrong := errors.New("wrong")
	if _, err := c.Get(t.Context(), "q", func(context.Context) (string, error) { return "", wrong }); !errors.Is(err, wrong) {
		t.Error(err)
	}
	if v, err := c.Get(t.Context(), "q", of("right")); v != "right" || err != nil {
		t.Error(v, err)
	}
}

// One who gives up does not take the answer from the others; when the last has
// gone the computation is told, and who comes later gets an answer of its own.
func TestLeaving(t *testing.T) {
	c := cache.New(1000, length)
	release, ended := make(chan struct{}), make(chan error, 1)
	slow := func(ctx context.Context) (string, error) {
		select {
		case <-release:
			return "slow", nil
		case <-ctx.Done():
			ended <- ctx.Err()
			return "", ctx.Err()
		}
	}
	impatient, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := c.Get(impatient, "q", slow); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	for c.Stats().Misses < 1 {
		time.Sleep(time.Millisecond)
	}
	all.Go(func() {
		if v, err := c.Get(t.Context(), "q", slow); v != "slow" || err != nil {
			t.Error(v, err)
		}
	})
	for c.Stats().Shared < 1 {
		time.Sleep(time.Millisecond)
	}
	leave()
	time.Sleep(5 * time.Millisecond)
	close(release)
	all.Wait()

	alone, leave := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer leave()
	release = make(chan struct{})
	if _, err := c.Get(alone, "r", slow); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if v, err := c.Get(t.Context(), "r", of("later")); v != "later" || err != nil {
		t.Error(v, err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Many askers of many keys, some leaving: every answer is that of its key.
func TestManyAtOnce(t *testing.T) {
	c := cache.New(2000, length)
	var all sync.WaitGroup
	for g := range 16 {
		r := rand.New(rand.NewPCG(uint64(g), 1))
		all.Go(func() {
			for range 500 {
				key := fmt.Sprint(r.IntN(40))
				ctx, leave := context.WithTimeout(t.Context(), time.Duration(r.IntN(200))*time.Microsecond)
				v, err := c.Get(ctx, key, func(ctx context.Context) (string, error) {
					time.Sleep(time.Duration(len(key)) * 20 * time.Microsecond)
					return "of " + key, ctx.Err()
				})
				leave()
				if err == nil && v != "of "+key {
					t.Errorf("%s for %s", v, key)
				}
			}
		})
	}
	all.Wait()
}

// There is an entry for each KB at most, however small they are.
func TestEntriesBounded(t *testing.T) {
	c := cache.New(64<<10, length)
	for i := range 1000 {
		if _, err := c.Get(t.Context(), fmt.Sprint(i), of("")); err != nil {
			t.Fatal(err)
		}
	}
	if s := c.Stats(); s.Entries != 64 || s.Most != 64 || s.Evicted != 1000-64 {
		t.Errorf("%+v", s)
	}
}

// Parts of a cache have one bound together, keys of their own, and go as a whole;
// what is computed meanwhile is not kept after that.
func TestParts(t *testing.T) {
	c := cache.New(1000, length)
	a, b := c.Part(), c.Part()
	for i := range 20 {
		for name, p := range map[string]*cache.Part[string]{"a": a, "b": b} {
			if v, err := p.Get(t.Context(), fmt.Sprint(i), of(name+fmt.Sprint(i))); v != name+fmt.Sprint(i) || err != nil {
				t.Fatal(v, err)
			}
		}
	}
	if s := c.Stats(); s.Bytes > s.Limit || !a.Has("19") || !b.Has("19") || c.Has("19") {
		t.Errorf("%+v", s)
	}
	release, began := make(chan struct{}), make(chan struct{})
	var late sync.WaitGroup
	late.Go(func() {
		v, err := a.Get(t.Context(), "late", func(context.Context) (string, error) {
			close(began)
			<-release
			return "late", nil
		})
		if v != "late" || err != nil {
			t.Error(v, err)
		}
	})
	<-began
	a.Drop()
	close(release)
	late.Wait()
	if a.Has("19") || a.Has("late") || !b.Has("19") {
		t.Error("what is dropped stays, or takes what is not its own with it")
	}
	b.Drop()
	if s := c.Stats(); s.Entries != 0 || s.Bytes != 0 {
		t.Errorf("%+v", s)
	}
}
