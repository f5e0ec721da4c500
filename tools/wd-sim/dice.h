/* Random numbers that never change: splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom
 * number generators, 2014). */
#ifndef WD_SIM_DICE
#define WD_SIM_DICE

#include <stdint.h>

struct dice {
	uint64_t state;
};

static inline uint64_t dice_roll(struct dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Another thing that the dice depend on: seed, then kit, then index … */
static inline void dice_mix(struct dice *dice, uint64_t with)
{
	dice->state = dice_roll(dice) + with;
}

/* At least `low`, below `high`. */
static inline double dice_between(struct dice *dice, double low, double high)
{
	return low + (high - low) * (double)(dice_roll(dice) >> 11) * 0x1p-53;
}

/* 0 .. `bound` - 1. */
static inline unsigned dice_below(struct dice *dice, unsigned bound)
{
	return (unsigned)(dice_roll(dice) % bound);
}

#endif
