package postgres

import (
	"encoding/binary"
	"math/big"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// A numeric is sent as four 16-bit words (number of digits, weight of the first,
// sign, digits after the point) and its digits in base 10000.

var powers = [...]int64{1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000}

// decimal is a finite numeric times 10^scale; ok is false when it has more
// digits after the point than scale, or more than 38 in all.
func decimal(v []byte, scale int32) (n decimal128.Num, ok bool) {
	count := int(binary.BigEndian.Uint16(v))
	weight := int(int16(binary.BigEndian.Uint16(v[2:])))
	negative := binary.BigEndian.Uint16(v[4:]) == 0x4000
	if len(v) < 8+2*count {
		return n, false
	}
	if count == 0 {
		return n, true
	}
	// The last digit counts 10000^(weight-count+1): shift is what it lacks to scale.
	shift := 4*(weight-count+1) + int(scale)
	if 4*count+max(shift, 0) <= 18 && shift >= -4 {
		value := int64(0)
		for i := range count {
			value = value*10000 + int64(binary.BigEndian.Uint16(v[8+2*i:]))
		}
		if shift >= 0 {
			value *= powers[shift]
		} else if value%powers[-shift] != 0 {
			return n, false
		} else {
			value /= powers[-shift]
		}
		if negative {
			value = -value
		}
		return decimal128.FromI64(value), true
	}
	value := new(big.Int)
	base, digit := big.NewInt(10000), new(big.Int)
	for i := range count {
		value.Mul(value, base).Add(value, digit.SetInt64(int64(binary.BigEndian.Uint16(v[8+2*i:]))))
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(shift, -shift))), nil)
	if shift >= 0 {
		value.Mul(value, power)
	} else {
		var rest big.Int
		if value.QuoRem(value, power, &rest); rest.Sign() != 0 {
			return n, false
		}
	}
	if value.BitLen() > 126 {
		return n, false
	}
	if negative {
		value.Neg(value)
	}
	return decimal128.FromBigInt(value), true
}

// decimal64 is a finite numeric times 10^scale where that is quick to say; ok is
// false for all others.
func decimal64(v []byte, scale int32) (n int64, ok bool) {
	count := int(binary.BigEndian.Uint16(v))
	sign := binary.BigEndian.Uint16(v[4:])
	if sign&^0x4000 != 0 || count > 4 || len(v) < 8+2*count {
		return 0, false
	}
	shift := 4*(int(int16(binary.BigEndian.Uint16(v[2:])))-count+1) + int(scale)
	if count == 0 {
		return 0, true
	}
	if shift < 0 || 4*count+shift > 18 || shift > 9 {
		return 0, false
	}
	for i := 8; i < 8+2*count; i += 2 {
		n = n*10000 + int64(binary.BigEndian.Uint16(v[i:]))
	}
	n *= powers[shift]
	if sign != 0 {
		n = -n
	}
	return n, true
}

// numericText is a finite numeric as PostgreSQL prints it.
func numericText(v []byte) string {
	count := int(binary.BigEndian.Uint16(v))
	weight := int(int16(binary.BigEndian.Uint16(v[2:])))
	scale := int(binary.BigEndian.Uint16(v[6:]))
	if len(v) < 8+2*count {
		return "?"
	}
	digit := func(i int) int {
		if i < 0 || i >= count {
			return 0
		}
		return int(binary.BigEndian.Uint16(v[8+2*i:]))
	}
	var b strings.Builder
	if binary.BigEndian.Uint16(v[4:]) == 0x4000 {
		b.WriteByte('-')
	}
	four := func(n int) {
		b.Write([]byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
	}
	start := b.Len()
	for i := 0; i <= weight; i++ {
		four(digit(i))
	}
	text := b.String()
	whole := strings.TrimLeft(text[start:], "0")
	if whole == "" {
		whole = "0"
	}
	out := text[:start] + whole
	if scale == 0 {
		return out
	}
	b.Reset()
	for i := weight + 1; b.Len() < scale; i++ {
		four(digit(i))
	}
	return out + "." + b.String()[:scale]
}
