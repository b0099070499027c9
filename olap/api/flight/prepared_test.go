package flight

import (
	"context"
	"strings"
	"testing"
	"time"

	"verso/olap/access"
)

// A person's prepared statements are bounded in number and in bytes, with what is
// bound to them; those of others are their own, and what is closed makes room.
func TestPreparedBounded(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newStatements(func() time.Time { return now }, 10)
	long := strings.Repeat("x", 4<<20)
	var ids []string
	for range 3 {
		id, err := s.add(&prepared{owner: "ann", sql: long})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := s.add(&prepared{owner: "ann", sql: long}); err == nil {
		t.Error("16 MiB and more of statements are taken")
	}
	ann := context.WithValue(t.Context(), personKey{}, access.Person{Name: "ann"})
	if err := s.bind(ann, []byte(ids[0]), []byte(long)); err == nil {
		t.Error("16 MiB and more with parameters are taken")
	}
	if err := s.bind(ann, []byte(ids[0]), []byte("[1]")); err != nil {
		t.Error(err)
	}
	if _, err := s.add(&prepared{owner: "bob", sql: long}); err != nil {
		t.Error(err)
	}
	now = now.Add(preparedTime + time.Second)
	for range 10 {
		if _, err := s.add(&prepared{owner: "ann", sql: "SELECT 1"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.add(&prepared{owner: "ann", sql: "SELECT 1"}); err == nil || len(s.held) != 10 {
		t.Errorf("%d statements, %v", len(s.held), err)
	}
}
