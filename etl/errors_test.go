package etl

import (
	"context"
	"errors"
	"testing"

	"verso/etl/check"
	"verso/etl/ledger"
	"verso/etl/source"
)

func TestClassify(t *testing.T) {
	for want, err := range map[ledger.Class]error{
		ledger.ClassDone:        nil,
		ledger.ClassFailed:      errors.New("x"),
		ledger.ClassConfig:      &MappingError{},
		ledger.ClassSource:      &source.UnreadableError{},
		ledger.ClassRefused:     &check.RefusedError{},
		ledger.ClassInterrupted: context.Canceled,
	} {
		if err != nil {
			err = errors.Join(err)
		}
		if got := Classify(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
