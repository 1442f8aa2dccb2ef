#include "sync/centre/api.h"
